import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlertStore } from '../../src/alert-store/alert-store.ts';
import { antaresOutput } from '../command-line.ts';
import type { RealPacket } from '../surveys/real-packets.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type ApiTestOptions, type ApiUnderTest as OpenApi, openApiUnderTest } from './drop-in-under-test.ts';

/** The HTTP interface over a store of its own, in a temporary folder that goes when it is closed. */
export interface ApiUnderTest extends OpenApi {
  readonly store: AlertStore;
}

/** Takes packets in through the command line, and opens the interface over what came of them. */
export async function apiUnderTest(
  options: ApiTestOptions & { readonly packets: readonly RealPacket[] },
): Promise<ApiUnderTest> {
  const folder = await temporaryFolder();
  const packets = await temporaryFolder();
  for (const [i, { bytes }] of options.packets.entries()) {
    await writeFile(join(packets.path, `${String(i).padStart(6, '0')}.avro`), bytes);
  }
  await antaresOutput(['ingest', packets.path, '--l1', 'off', '--data', folder.path]);
  await packets.dispose();
  const api = await openApiUnderTest(folder.path, options);
  return {
    ...api,
    store: api.context.store,
    close: async () => {
      await api.close();
      await folder.dispose();
    },
  };
}
