import type { PropertyDefinition, PropertyType } from '../model/property.ts';
import { AlertReader } from './alert-reader.ts';
import { type AvroRecord, type AvroType, findField, withoutNull } from './avro/schema.ts';
import { readPacketSchema } from './packet-schema.ts';
import { getSurvey } from './surveys.ts';

/** A property that alerts of a survey have. */
export interface SurveyPropertyDefinition extends PropertyDefinition {
  readonly survey: string;
}

/**
 * The properties that a kept schema gives alerts of its survey, in the order of its fields: those of the alert itself,
 * then those that only rows of its history have.
 *
 * Schemas are kept without documentation, so the description can only say where a property comes from.
 *
 * @param schemaId, text  as the store keeps them
 * @throws PACKET_SCHEMA_INVALID
 */
export function surveyPropertyDefinitions(schemaId: string, text: string): readonly SurveyPropertyDefinition[] {
  const schema = readPacketSchema(schemaId, text);
  const mapping = getSurvey(schema.survey);
  const reader = new AlertReader(schema, mapping);
  const parts = mapping.histories.flatMap(({ fields }) => fields.filter((field) => holdsRows(schema.record, field)));
  const found = new Map<string, PropertyType>();
  for (const part of ['', ...parts]) {
    for (const [name, kind] of reader.propertyKinds(part)) if (!found.has(name)) found.set(name, typeOf(kind));
  }
  return [...found].map(([name, type]) => ({
    name,
    type,
    subject: 'alert',
    origin: 'survey',
    description: `As in the alert packets of ${schema.survey.toUpperCase()}`,
    survey: schema.survey,
  }));
}

/** Whether a field is a list of records. */
function holdsRows(record: AvroRecord, name: string): boolean {
  const field = findField(record, [name]);
  const list = field === undefined ? undefined : withoutNull(field.type);
  return list?.kind === 'array' && withoutNull(list.items).kind === 'record';
}

function typeOf(kind: AvroType['kind']): PropertyType {
  switch (kind) {
    case 'int':
    case 'long':
      return 'int';
    case 'float':
    case 'double':
      return 'float';
    case 'boolean':
      return 'bool';
    default:
      return 'str';
  }
}
