import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AntaresError } from '../../src/model/errors.ts';
import { AvroPacketDecoder } from '../../src/surveys/packet-decoder.ts';
import { PACKET_ERRORS } from '../../src/surveys/packet-errors.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';

/** What the broker does with each of the files that `malformed/index.csv` lists. */
const VERDICTS: readonly (readonly [prefix: string, count: number, verdict: string])[] = [
  ['sync_marker_mismatch', 1, 'PACKET_DAMAGED'],
  ['damaged_block', 2, 'PACKET_DAMAGED'],
  ['not_avro_error_page', 1, 'PACKET_NOT_AVRO'],
  // Called a bare datum, but the file has a container around it, and one record in that, as its index says.
  ['bare_datum_no_container', 1, 'ztf_candidate:-87704463155000'],
  ['valid_container_zero_records', 1, 'PACKET_EMPTY'],
  // Readable, with an identifier that was rounded long before it came here.
  ['no_toplevel_candid', 8, 'ztf_candidate:'],
  ['overwritten_position', 12, 'ztf_candidate:'],
];

describeWithSharedData('files that a broker must survive', () => {
  const folder = sharedPath('data/alerts/malformed');
  const files = readFileSync(`${folder}/index.csv`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(',')));
  const decoder = new AvroPacketDecoder();

  test('there are 26, and a verdict for each', () => {
    expect(files.length).toBe(26);
    for (const [prefix, count] of VERDICTS) expect(files.filter((file) => file.startsWith(prefix)).length).toBe(count);
  });

  test.each(files)('%s', (file) => {
    const [, , verdict] = VERDICTS.find(([prefix]) => file.startsWith(prefix))!;
    const bytes = readFileSync(`${folder}/${file}`);
    if (!verdict.startsWith('PACKET_')) {
      const [packet] = decoder.decode(bytes);
      expect(packet!.alert.point.alertId.startsWith(verdict)).toBe(true);
      // The very first schema names no object, and so nothing names its limits.
      expect(packet!.history(() => false).length > 0).toBe(packet!.object !== undefined);
      return;
    }
    expect(verdict in PACKET_ERRORS).toBe(true);
    for (const read of [() => decoder.decode(bytes), () => decoder.unpack(bytes), () => decoder.route(bytes)]) {
      expect(read).toThrow(AntaresError);
      expect(read).toThrow(expect.objectContaining({ code: verdict }));
    }
  });

  test('a candid that is only in the candidate, rounded through a double, is taken as it is', () => {
    const bytes = readFileSync(`${folder}/no_toplevel_candid_000010510007802576.avro`);
    const [packet] = decoder.decode(bytes);
    const properties = decoder.properties(packet!.alert.body, packet!.alert.point);
    expect(`ztf_candidate:${properties.get('ztf_candid')}`).toBe(packet!.alert.point.alertId);
    // Compressed: images are found in the unpacked packet, and only there.
    expect(packet!.cutouts).toEqual([]);
    const [plain] = decoder.unpack(bytes);
    const [again] = decoder.decode(plain!);
    expect(again!.alert.point).toEqual(packet!.alert.point);
    expect(again!.cutouts.map(({ name }) => name)).toEqual(['science', 'template', 'difference']);
    for (const { offset, length } of again!.cutouts) {
      expect(length).toBeGreaterThan(1000);
      expect([...plain!.subarray(offset, offset + 2)]).toEqual([0x1f, 0x8b]);
    }
  });
});
