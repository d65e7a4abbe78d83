import type { AddressInfo } from 'node:net';
import type { LocusRecord } from '../../../src/model/locus.ts';
import type { ApiUnderTest } from '../drop-in-under-test.ts';
import { lociOf, openSampleApi } from '../night-of-samples.ts';

/** The interface over real packets, on a port of this machine, with what scripts are told to ask for. */
export interface Scenario {
  readonly api: ApiUnderTest;
  readonly loci: readonly LocusRecord[];
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  readonly input: {
    readonly locus_id: string;
    readonly ztf_object_id: string;
    readonly ra: number;
    readonly dec: number;
    readonly dia_object_id: string;
    readonly ss_object_id: string;
    readonly alert_id: string;
    readonly matched_locus_id: string;
    readonly matched_ra: number;
    readonly matched_dec: number;
    readonly tag: string;
    readonly positions: readonly { readonly ra: number; readonly dec: number }[];
    readonly other_base: string;
  };
}

/** Opens the interface and listens. */
export async function openScenario(otherVersion: 'v1' | 'v2'): Promise<Scenario> {
  const api = await openSampleApi({
    clientStreaming: { bootstrapServers: 'kafka.antares.test:9092', securityProtocol: 'SASL_SSL' },
  });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  const loci = await lociOf(api);
  // The object of many alerts, in the middle of the sky: its place survives the six digits of the 1.x client.
  const record = loci.find(({ properties }) => properties.get('ztf_object_id') === 'ZTF18abdgukn')!;
  const matched = loci.find(({ catalogMatches }) => catalogMatches.length > 0)!;
  const idOf = (role: string): string =>
    loci.flatMap(({ objects }) => objects).find((object) => object.survey === 'lsst' && object.role === role)!.id;
  return {
    api,
    loci,
    base,
    input: {
      locus_id: record.ref.locusId,
      ztf_object_id: 'ZTF18abdgukn',
      ra: record.ra,
      dec: record.dec,
      dia_object_id: idOf('object'),
      ss_object_id: idOf('solar_system_object'),
      alert_id: String(record.properties.get('newest_alert_id')),
      matched_locus_id: matched.ref.locusId,
      matched_ra: matched.ra,
      matched_dec: matched.dec,
      tag: 'high_snr',
      positions: loci.filter((_, i) => i % 10 === 0).map(({ ra, dec }) => ({ ra, dec })),
      other_base: `${base}/${otherVersion}/`,
    },
  };
}
