import { expect, test } from 'vitest';
import { DisabledFlags } from '../../../src/filters/disabled-flags.ts';
import type { FilterRunContext } from '../../../src/filters/filter-host.ts';
import { InProcessFilterHost } from '../../../src/filters/in-process/in-process-filter-host.ts';
import { badDetection, badSeeing } from '../../../src/filters/l1/l1-filters.ts';
import { AlertPropertyView } from '../../../src/filters/property-view.ts';
import { selectFilters } from '../../../src/filters/registry.ts';
import type { LocusId } from '../../../src/model/ids.ts';
import { LightCurveBuilder } from '../../../src/model/light-curve-builder.ts';
import type { LocusInFlight } from '../../../src/model/locus-in-flight.ts';
import type { DecodedPacket } from '../../../src/model/packet.ts';
import { isCorrected } from '../../../src/surveys/corrected-magnitudes.ts';
import { AvroPacketDecoder } from '../../../src/surveys/packet-decoder.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { archivesIn, realPackets } from '../../surveys/real-packets.ts';

/** A locus of one packet: its history, then its alert. */
function locusOf(packet: DecodedPacket, decoder: AvroPacketDecoder): LocusInFlight {
  const lightCurve = new LightCurveBuilder();
  for (const { point } of packet.history(() => false)) {
    if (point.alertId !== packet.alert.point.alertId && lightCurve.rowOf(point.alertId) === undefined)
      lightCurve.append(point);
  }
  const { point, body } = packet.alert;
  const alertRow = lightCurve.append(point);
  const properties = decoder.properties(body, point);
  return {
    ref: { locusId: 'ANT2020so7ia' as LocusId, birthTrixel: 0 },
    isNew: true,
    isAssociable: true,
    ra: point.ra,
    dec: point.dec,
    objects: packet.object === undefined ? [] : [packet.object],
    lightCurve,
    properties: new Map([['is_corrected', String(isCorrected(lightCurve))]]),
    tags: new Set(),
    catalogMatches: [],
    watchMatches: [],
    alertRow,
    alertProperties: () => properties,
    annotations: new Map(),
    newDetectionPassbands: new Set([point.passband]),
  };
}

const CONTEXT: FilterRunContext = { at: 0, columns: { catalogColumns: () => ({}), watchColumns: () => ({}) } };

/** How many packets of some archives get each tag, and how many each L1 filter refuses; each alert once. */
async function countTags(archives: readonly string[]): Promise<Record<string, number>> {
  const filters = selectFilters({ hello_world: true, lc_feature_extractor: false });
  const host = new InProcessFilterHost();
  const flags = DisabledFlags.create(filters.map(({ name }) => name));
  const files = { get: (key: string): never => expect.fail(`asked for ${key}`) };
  await host.prepare(filters, { flags, definitions: new Map(), files, at: 0 });
  const decoder = new AvroPacketDecoder();
  const l1Filters = [badDetection(), badSeeing()];
  const counts: Record<string, number> = {};
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const seen = new Set<string>();
  for (const archive of archives) {
    for (const { bytes } of await realPackets(archive)) {
      for (const packet of decoder.decode(bytes)) {
        const { point } = packet.alert;
        if (seen.has(point.alertId)) continue;
        seen.add(point.alertId);
        const locus = locusOf(packet, decoder);
        const properties = new AlertPropertyView();
        properties.show(locus.lightCurve, locus.alertRow, locus.alertProperties, locus.annotations);
        for (const l1Filter of l1Filters) if (!l1Filter.accepts({ ...point, properties })) count(l1Filter.name);
        const { crashes, tagsAdded } = host.run(locus, CONTEXT);
        expect(crashes).toEqual([]);
        for (const tag of tagsAdded) count(tag);
      }
    }
  }
  return counts;
}

describeWithSharedData('built-in filters on real packets', () => {
  // Counted by a program of its own from the same packets, with another Avro reader and numpy.
  test('3,427 public ZTF alerts, each with its own history, are tagged as the cuts say', async () => {
    expect(await countTags([...archivesIn('ztf'), ...archivesIn('ztf-nocutout')])).toEqual({
      hello_world: 3427,
      bad_detection: 377,
      bad_seeing: 661,
      high_snr: 181,
      nuclear_transient: 558,
      high_amplitude_variable_star_candidate: 12,
      high_amplitude_transient_candidate: 31,
      young_extragalactic_candidate: 196,
      sso_candidates: 873,
      sso_confirmed: 869,
      in_m31: 4,
    });
  }, 120_000);

  test('the solar-system objects of the first LSST nights are found, and confirmed', async () => {
    expect(await countTags(['lsst/rubin_v10_0.tar.gz', 'lsst/rubin_v9_0_spark_nocutout.tar.gz'])).toEqual({
      hello_world: 171,
      sso_candidates: 11,
      sso_confirmed: 11,
      young_extragalactic_candidate: 100,
    });
  }, 60_000);
});
