import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completed, pointOf } from '../../../src/alert-store/conformance/scene.ts';
import { AlertIdParts, putAlertKey } from '../../../src/alert-store/lmdb/alert-id-parts.ts';
import { ByteReader } from '../../../src/alert-store/lmdb/byte-reader.ts';
import { ByteWriter } from '../../../src/alert-store/lmdb/byte-writer.ts';
import { StoreDatabase } from '../../../src/alert-store/lmdb/database.ts';
import { keyAfterPrefix } from '../../../src/alert-store/lmdb/keys.ts';
import { CHUNK_ROWS } from '../../../src/alert-store/lmdb/layout.ts';
import { LightCurveCodec } from '../../../src/alert-store/lmdb/light-curve-codec.ts';
import { formatPacketAddress, parsePacketAddress } from '../../../src/alert-store/lmdb/packet-address.ts';
import { ProgressRow } from '../../../src/alert-store/lmdb/progress-row.ts';
import { PropertiesCodec } from '../../../src/alert-store/lmdb/properties-codec.ts';
import { StoredPropertiesMemory } from '../../../src/alert-store/lmdb/stored-properties.ts';
import { Words } from '../../../src/alert-store/lmdb/words.ts';
import type { AlertId } from '../../../src/model/ids.ts';
import { LIGHT_CURVE_COLUMNS, type LightCurvePoint } from '../../../src/model/light-curve.ts';
import { LightCurveBuilder } from '../../../src/model/light-curve-builder.ts';
import type { Properties } from '../../../src/model/property.ts';
import { PropertyTable } from '../../../src/model/property-table.ts';
import { openStore, temporaryDirectory, withIndex } from './temporary-store.ts';

/** A dictionary in memory, with the calls of the real one that codecs make. */
class WordsInMemory {
  readonly #texts: string[] = [];

  find(text: string): number | undefined {
    const at = this.#texts.indexOf(text);
    return at === -1 ? undefined : at;
  }

  numberOf(text: string): number {
    return this.find(text) ?? this.#texts.push(text) - 1;
  }

  textOf(number: number): string {
    return this.#texts[number]!;
  }

  add(texts: Iterable<string>): void {
    for (const text of texts) this.numberOf(text);
  }
}

function makeWords(): Words {
  return new WordsInMemory() as unknown as Words;
}

const SEED = { seed: 20_261_123 };
const alertId = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n).map((n) => `lsst:${n}`),
  fc.tuple(fc.stringMatching(/^ZTF[0-9]{2}[a-z]{7}$/), fc.nat()).map(([name, pid]) => `ztf_upper_limit:${name}-${pid}`),
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  fc.stringMatching(/^[a-z:0-9-]{1,50}$/),
);

const BILLION = 10n ** 9n;

/** Expects a curve that was read to find the ids of its rows by prefix and number, and no others. */
function expectFoundByNumber(curve: LightCurveBuilder, ids: readonly string[]): void {
  const find = (prefix: string, number: bigint): string | undefined => {
    const row = curve.rowOfNumber(prefix, Number(number / BILLION), Number(number % BILLION));
    return row === undefined ? undefined : curve.alertIdAt(row);
  };
  for (const id of ids) {
    const [, prefix, digits] = /^(|.*[^0-9])(0|[1-9][0-9]*)$/s.exec(id) ?? [];
    const number = BigInt(digits ?? '0');
    if (prefix === undefined || number >= 2n ** 63n) continue;
    expect(find(prefix, number)).toBe(id);
    expect(curve.alertIdAt(curve.rowOf(id as AlertId)!)).toBe(id);
    for (const [otherPrefix, other] of [
      [prefix, number + 1n],
      [prefix, number + BILLION],
      [`${prefix}x`, number],
    ] as const) {
      expect(find(otherPrefix, other)).toBe(
        ids.includes(`${otherPrefix}${other}`) ? `${otherPrefix}${other}` : undefined,
      );
    }
  }
}

describe('keys of alerts', () => {
  const words = makeWords();
  const keyOf = (id: string): Buffer => {
    const writer = new ByteWriter();
    writer.begin();
    putAlertKey(writer, new AlertIdParts(), words, id);
    return Buffer.from(writer.take());
  };

  it('different ids have different keys', () => {
    fc.assert(
      fc.property(alertId, alertId, (a, b) => keyOf(a).equals(keyOf(b)) === (a === b)),
      { ...SEED, numRuns: 3_000 },
    );
  });

  it('ids that count upwards, to the largest of 64 bits with a sign, have keys that sort upwards', () => {
    const numbers = fc.bigInt(0n, 2n ** 63n - 1n);
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const order = Buffer.compare(keyOf(`ztf_candidate:${a}`), keyOf(`ztf_candidate:${b}`));
        return order === (a < b ? -1 : a > b ? 1 : 0);
      }),
      SEED,
    );
  });

  it('the number at the end is exact, and one with leading zeros is text', () => {
    const parts = new AlertIdParts();
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (n) => {
        parts.parse(`x:${n}`);
        expect(parts.hasNumber).toBe(n / 1_000_000_000n < 2n ** 34n);
        if (parts.hasNumber) expect(BigInt(parts.high) * 1_000_000_000n + BigInt(parts.low)).toBe(n);
      }),
      SEED,
    );
    for (const id of ['x:01', 'x:00', 'x:', 'x', '', 'x:99999999999999999999999']) {
      parts.parse(id);
      expect(parts.hasNumber).toBe(false);
      expect(parts.stemLength).toBe(id.length);
    }
  });
});

describe('light-curve chunks', () => {
  const number = fc.oneof(
    fc.constant(Number.NaN),
    fc.double({ noNaN: true }),
    fc.float({ noNaN: true }),
    fc.integer(),
    fc.integer({ min: -130, max: 130 }),
    fc.double({ min: 59_000, max: 59_100, noNaN: true }),
    fc.constantFrom(-0, 0, 1, -1),
  );
  // Columns are drawn as wholes, so that each codec gets columns of its own.
  const column = fc.oneof(
    fc.constant(fc.constant(Number.NaN)),
    fc.constant(number),
    fc.constant(fc.float({ noNaN: true })),
    fc.constant(fc.integer({ min: -40_000, max: 40_000 })),
    fc.constant(fc.double({ min: 180.0001, max: 180.0002, noNaN: true })),
    fc.constant(fc.double({ min: 59_000, max: 59_300, noNaN: true })),
    fc.double().map((value) => fc.constant(value)),
  );
  const curve = fc
    .tuple(
      fc.uniqueArray(alertId, { minLength: 1, maxLength: 3 * CHUNK_ROWS }),
      fc.tuple(...LIGHT_CURVE_COLUMNS.map(() => column)),
    )
    .chain(([ids, columns]) =>
      fc.tuple(
        fc.constant(ids),
        fc.tuple(...columns.map((values) => fc.array(values, { minLength: ids.length, maxLength: ids.length }))),
        fc.array(fc.constantFrom('candidate', 'history', 'upper_limit', 'forced'), {
          minLength: ids.length,
          maxLength: ids.length,
        }),
        fc.array(fc.constantFrom('g', 'R', 'i', ''), { minLength: ids.length, maxLength: ids.length }),
      ),
    );

  it('every curve comes back bit by bit, removed rows as removed', () => {
    const words = makeWords();
    const codec = new LightCurveCodec(words);
    const writer = new ByteWriter();
    const reader = new ByteReader();
    fc.assert(
      fc.property(curve, ([ids, columns, kinds, passbands]) => {
        const builder = new LightCurveBuilder();
        const points = ids.map((id, row): LightCurvePoint => {
          const numbers = Object.fromEntries(LIGHT_CURVE_COLUMNS.map((name, i) => [name, columns[i]![row]!]));
          return { ...pointOf(id, numbers), kind: kinds[row]!, passband: passbands[row]!, surveyNumber: row % 5 };
        });
        for (const point of points) {
          const row = builder.append(point);
          if (Number.isNaN(point.mjd)) builder.remove(row);
        }
        const target = codec.begin(ids.length);
        for (let from = 0; from < ids.length; from += CHUNK_ROWS) {
          writer.begin();
          codec.write(writer, builder, from, Math.min(ids.length, from + CHUNK_ROWS));
          reader.load(writer.take());
          codec.read(reader, target);
          expect(reader.position).toBe(reader.end);
        }
        writer.recycle(writer.detach());
        const { builder: found } = target;
        expect(found.length).toBe(ids.length);
        expectFoundByNumber(
          found,
          ids.filter((_, row) => !found.isRemoved(row)),
        );
        for (const [row, point] of points.entries()) {
          expect(found.pointAt(row)).toEqual(completed(point));
          expect(found.rowOf(ids[row]! as AlertId)).toBe(Number.isNaN(point.mjd) ? undefined : row);
        }
        expect([...found.order]).toEqual([...builder.order]);
        expect(found.alertId).toEqual(ids);
        // A curve that was read has room to grow beyond what was read.
        for (let i = 0; i < 40; i += 1) found.append(pointOf(`grown past the end ${i}`));
        expect(found.pointAt(ids.length + 39)).toEqual(completed(pointOf('grown past the end 39')));
        expect(found.pointAt(0)).toEqual(completed(points[0]!));
      }),
      { ...SEED, numRuns: 150 },
    );
  });

  it('a curve that was read knows the next id by its number; given back it is empty, and the next one in its memory whole', () => {
    const codec = new LightCurveCodec(makeWords());
    const builder = new LightCurveBuilder();
    for (let i = 0; i < 30; i += 1) builder.append(pointOf(`lsst:${i}`, { mag: Math.sin(i), objectIndex: Number.NaN }));
    const writer = new ByteWriter();
    writer.begin();
    codec.write(writer, builder, 0, 30);
    const bytes = writer.take();
    const reader = new ByteReader();
    const read = (): LightCurveBuilder => {
      const target = codec.begin(30);
      reader.load(bytes);
      codec.read(reader, target);
      return target.builder;
    };
    const kept = read();
    for (let i = 0; i < 30; i += 1) {
      expect(kept.rowOfNumber('lsst:', 0, i)).toBe(i);
      expect(kept.rowOf(`lsst:${i}` as AlertId)).toBe(i);
    }
    for (let round = 0; round < 50; round += 1) {
      const curves = Array.from({ length: 20 }, read);
      for (const curve of [kept, ...curves]) expect(curve.pointAt(29)).toEqual(builder.pointAt(29));
      for (const curve of curves) {
        for (let i = 0; i < 8; i += 1) curve.append(pointOf(`lsst:${1000 + i}`));
        codec.release(curve);
        codec.release(curve);
        expect(curve.length).toBe(0);
        expect(curve.rowOf('lsst:3' as AlertId)).toBeUndefined();
      }
    }
  });

  it('a chunk that was cut off is damaged, never read as something else', () => {
    const codec = new LightCurveCodec(makeWords());
    const builder = new LightCurveBuilder();
    for (let i = 0; i < 20; i += 1) builder.append(pointOf(`lsst:${i}`, { mag: Math.sin(i) }));
    const writer = new ByteWriter();
    writer.begin();
    codec.write(writer, builder, 0, 20);
    const whole = writer.take();
    const reader = new ByteReader();
    for (let length = 0; length < whole.length; length += 1) {
      // Behind the end lies what was read before: never zeros to rely on.
      reader.load(new Uint8Array(whole.length + 64).fill(0xa5));
      reader.load(whole.subarray(0, length));
      expect(() => codec.read(reader, codec.begin(20))).toThrow();
    }
  });
});

describe('properties', () => {
  it('that were cut off are damaged for whoever goes through them', () => {
    const words = makeWords();
    const codec = new PropertiesCodec(words);
    const writer = new ByteWriter();
    writer.begin();
    codec.write(
      writer,
      new Map<string, number | string>([
        ['a', 1.5],
        ['b', 'text'],
      ]),
    );
    const whole = new Uint8Array(writer.take());
    const goThrough = (bytes: Uint8Array): unknown[] => {
      const reader = new ByteReader();
      reader.load(bytes);
      const values: unknown[] = [];
      const list = new StoredPropertiesMemory(words).take(reader);
      reader.finish('properties');
      list.forEach((value, name) => {
        values.push([name, value]);
      });
      return values;
    };
    expect(goThrough(whole)).toEqual([
      ['a', 1.5],
      ['b', 'text'],
    ]);
    for (let length = 1; length < whole.length; length += 1) {
      expect(() => goThrough(whole.slice(0, length)), `${length} bytes`).toThrow(/backup/);
    }
    // A count of two to the power of thirty-four.
    expect(() => goThrough(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x40, 0, 0, 0))).toThrow(/backup/);
  });

  it('come back with their types, in their order', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true }),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
    );
    const codec = new PropertiesCodec(makeWords());
    const writer = new ByteWriter();
    const reader = new ByteReader();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), value), { maxLength: 300 }),
        fc.string({ maxLength: 20 }),
        (entries, before) => {
          const properties: Properties = new Map(entries);
          writer.begin();
          writer.text(before);
          codec.write(writer, properties);
          reader.load(writer.take());
          expect(reader.text()).toBe(before);
          expect([...codec.read(reader, () => new PropertyTable())]).toEqual([...properties]);
          expect(reader.position).toBe(reader.end);
        },
      ),
      { ...SEED, numRuns: 300 },
    );
  });
});

describe('bytes', () => {
  it('numbers and texts come back, wherever a block ends', () => {
    const writer = new ByteWriter();
    const reader = new ByteReader();
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.maxSafeNat(), fc.string({ unit: 'binary', maxLength: 400 }), fc.double()), {
          maxLength: 50,
        }),
        fc.nat({ max: 1_200_000 }),
        (items, filler) => {
          // Something before it, so that the value lies at the end of a block now and then.
          writer.begin();
          writer.raw(new Uint8Array(filler));
          writer.begin();
          for (const item of items) {
            if (typeof item === 'string') writer.text(item);
            else if (Number.isSafeInteger(item) && item >= 0) writer.varint(item);
            else writer.float64(item);
          }
          reader.load(writer.take());
          for (const item of items) {
            if (typeof item === 'string') expect(reader.text()).toBe(Buffer.from(item).toString());
            else if (Number.isSafeInteger(item) && item >= 0) expect(reader.varint()).toBe(item + 0);
            else expect(reader.float64()).toBe(item);
          }
          expect(reader.position).toBe(reader.end);
          writer.recycle(writer.detach());
        },
      ),
      { ...SEED, numRuns: 200 },
    );
  });

  it('keys of times sort as the times do', () => {
    const keyOf = (time: number): Buffer => {
      const writer = new ByteWriter();
      writer.begin();
      writer.sortableFloat64(time);
      return Buffer.from(writer.take());
    };
    const time = fc.double({ noNaN: true });
    fc.assert(
      fc.property(time, time, (a, b) => {
        const order = Buffer.compare(keyOf(a), keyOf(b));
        return Object.is(a, b) ? order === 0 : a === b || order === (a < b ? -1 : 1);
      }),
      SEED,
    );
  });

  it('the key after a prefix is behind all that begin with it and before all others', () => {
    expect(keyAfterPrefix(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 3));
    expect(keyAfterPrefix(Uint8Array.of(1, 255))).toEqual(Uint8Array.of(2));
    expect(keyAfterPrefix(Uint8Array.of(255, 255))).toBeUndefined();
    const prefix = Buffer.from([1, 2]);
    keyAfterPrefix(prefix);
    expect([...prefix]).toEqual([1, 2]);
  });

  it('a packet address says where the packet is and nothing else is one', () => {
    const place = { writer: 12, segment: 3, offset: 268_435_456, length: 66_123 };
    expect(formatPacketAddress(place)).toBe('12-3:268435456:66123');
    expect(parsePacketAddress('12-3:268435456:66123')).toEqual(place);
    for (const text of ['', '12-3:1', '../1-2:3:4', '1-2:3:4 ', '-1-2:3:4']) {
      expect(() => parsePacketAddress(text)).toThrow(TypeError);
    }
  });
});

describe('progress rows', () => {
  it('hold what a set of ordinals holds, through writing and reading', () => {
    const writer = new ByteWriter();
    const reader = new ByteReader();
    const delivery = fc.tuple(fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 40 }), fc.nat({ max: 200 }));
    fc.assert(
      fc.property(fc.array(delivery, { maxLength: 12 }), fc.array(delivery, { maxLength: 4 }), (own, others) => {
        const expected = new Set<number>();
        let mark = 0;
        let row = ProgressRow.none;
        let other = ProgressRow.none;
        for (const [ordinals, lowWater] of [...own, ...others]) {
          for (const ordinal of ordinals) expected.add(ordinal);
          mark = Math.max(mark, lowWater);
        }
        for (const [ordinals, lowWater] of own) row = row.with(ordinals, lowWater);
        for (const [ordinals, lowWater] of others) other = other.with(ordinals, lowWater);
        writer.begin();
        row.write(writer);
        reader.load(writer.take());
        const progress = ProgressRow.read(reader).join(other).toSourceProgress();
        expect(progress.lowWater).toBe(mark);
        expect([...progress.done].sort((a, b) => a - b)).toEqual(
          [...expected].filter((ordinal) => ordinal >= mark).sort((a, b) => a - b),
        );
      }),
      SEED,
    );
    expect(() => ProgressRow.none.with([-1], 0)).toThrow(TypeError);
    expect(() => ProgressRow.none.with([1.5], 0)).toThrow(TypeError);
  });
});

describe('the dictionary', () => {
  it('gives each word one number for good, whoever asks first', async () => {
    const directory = temporaryDirectory();
    const one = await openStore(directory);
    const other = await openStore(directory, 'thread');
    for (const store of [one, other]) await store.putDocument('x', 'y');
    await one.close();
    await other.close();
    const open = (): StoreDatabase =>
      StoreDatabase.open(directory, `${directory}/index`, { isReader: false, mapSize: 2 ** 30 }, () => undefined);
    const [a, b] = [open(), open()];
    const [wordsA, wordsB] = [new Words(a), new Words(b)];
    const texts = Array.from({ length: 300 }, (_, i) => `word ${i}`);
    for (let i = 0; i < 300; i += 30) {
      wordsA.add(texts.slice(i, i + 20));
      wordsB.add(texts.slice(i + 10, i + 30));
    }
    for (const text of [...texts, '']) {
      const number = wordsA.numberOf(text);
      b.refresh();
      wordsB.refresh();
      expect(wordsB.numberOf(text)).toBe(number);
      expect(wordsB.textOf(number)).toBe(text);
    }
    expect(() => wordsA.textOf(5_000)).toThrow(/dictionary ends/);
    await a.close();
    await b.close();
    await withIndex(directory, (table) => {
      expect([...table('words').getKeys()].length).toBe(301);
    });
  });
});
