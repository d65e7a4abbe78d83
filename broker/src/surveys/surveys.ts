import type { AvroRecord } from './avro/schema.ts';
import { lsstMapping } from './lsst/lsst-mapping.ts';
import type { SurveyMapping } from './survey-mapping.ts';
import { ztfMapping } from './ztf/ztf-mapping.ts';

/** The surveys that can be read. A new one is a mapping and a line here. */
export const SURVEYS: readonly SurveyMapping[] = [ztfMapping, lsstMapping];

/** Names of the surveys that can be read. */
export const SURVEY_NAMES: readonly string[] = SURVEYS.map(({ survey }) => survey);

/** The survey of a schema, or undefined. */
export function recogniseSurvey(schema: AvroRecord): SurveyMapping | undefined {
  return SURVEYS.find((mapping) => mapping.recognises(schema));
}

/** The survey of a name. @throws TypeError  for a name that is none of `SURVEY_NAMES` */
export function getSurvey(name: string): SurveyMapping {
  const mapping = SURVEYS.find(({ survey }) => survey === name);
  if (mapping === undefined)
    throw new TypeError(`no survey ${JSON.stringify(name)}; there are ${SURVEY_NAMES.join(', ')}`);
  return mapping;
}
