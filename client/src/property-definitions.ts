import type { CallOptions, Transport } from './http/transport.ts';
import { textOrNone } from './json/json-reading.ts';
import { listAll } from './loci.ts';
import type { PropertyDefinition } from './resources/properties.ts';

/** All properties that loci, or alerts, have, by name. */
export async function listPropertyDefinitions(
  transport: Transport,
  of: 'loci' | 'alerts',
  options: CallOptions,
): Promise<readonly PropertyDefinition[]> {
  const path = of === 'loci' ? 'v1/loci_properties' : 'v1/alert_properties';
  const parameters = { sort: 'id', 'page[limit]': 100 };
  return (await listAll(transport, { path, parameters }, options)).map(({ id, attributes }) => ({
    name: id,
    type: textOrNone(attributes['type']),
    origin: textOrNone(attributes['origin']),
    description: textOrNone(attributes['description']),
  }));
}
