import type { LocusRecord } from '../../../src/model/locus.ts';
import { realPackets } from '../../surveys/real-packets.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';

/** A server over real packets of ZTF and LSST that listens, with the loci that it serves. */
export async function bothSurveysServed(): Promise<{
  readonly api: ServerUnderTest;
  readonly base: string;
  readonly records: LocusRecord[];
}> {
  const api = await serverUnderTest({
    packets: [
      ...(await realPackets('ztf/ztf_public_20231018.tar.gz', 60)),
      ...(await realPackets('lsst/rubin_v10_0.tar.gz')),
    ],
  });
  const base = await api.listen();
  const { items } = await api.store.scanLoci(undefined, 1_000);
  return { api, base, records: (await api.store.getLocusRecords(items)) as LocusRecord[] };
}
