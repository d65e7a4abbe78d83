import type { AlertStore } from '../alert-store/alert-store.ts';
import type { Config } from '../config/config.ts';
import type { L1Filter } from '../filters/l1/l1-filter.ts';
import { badDetection, badSeeing } from '../filters/l1/l1-filters.ts';
import { parseStreamDefinitions, StreamIndex } from '../streams/stream-definition.ts';
import { FolderSchemaSource } from '../surveys/folder-schema-source.ts';
import { AvroPacketDecoder } from '../surveys/packet-decoder.ts';
import { RegistrySchemaSource } from '../surveys/registry-schema-source.ts';
import type { SchemaSource } from '../surveys/schema-source.ts';
import type { PacketDecoder } from '../surveys/survey.ts';

/** The L1 filters that a configuration asks for. Whether they apply is said source by source. */
export function l1FiltersOf(config: Config): readonly L1Filter[] {
  return [badDetection(config.l1Filters), badSeeing(config.l1Filters)];
}

/** The streams that a configuration asks for. */
export function streamsOf(config: Config): StreamIndex {
  return new StreamIndex(parseStreamDefinitions(config.streams));
}

/** A decoder that knows the schema sources of the configuration, and all schemas that the store has met. */
export async function openPacketDecoder(config: Config, store: AlertStore): Promise<PacketDecoder> {
  const decoder = new AvroPacketDecoder({ schemaSource: schemaSourceOf(config) });
  decoder.addSchemas(await store.listSchemas());
  return decoder;
}

/** Where schemas of registry messages come from: the folder first, since it is near; then the registry. */
export function schemaSourceOf({ schemas: { folder, registryUrl } }: Config): SchemaSource | undefined {
  const sources: SchemaSource[] = [];
  if (folder !== '') sources.push(new FolderSchemaSource(folder));
  if (registryUrl !== '') sources.push(new RegistrySchemaSource({ url: registryUrl }));
  if (sources.length < 2) return sources[0];
  return {
    name: sources.map(({ name }) => name).join(', then '),
    async find(schemaId) {
      for (const source of sources) {
        const text = await source.find(schemaId);
        if (text !== undefined) return text;
      }
      return undefined;
    },
  };
}
