import { describe, expect, test } from 'vitest';
import { DisabledFlags } from '../../../src/filters/disabled-flags.ts';
import { Filter, type FilterLocus } from '../../../src/filters/filter.ts';
import type { FilterRunContext } from '../../../src/filters/filter-host.ts';
import { makeLocusInFlight } from '../../../src/filters/hand-made-locus.ts';
import { InProcessFilterHost } from '../../../src/filters/in-process/in-process-filter-host.ts';
import { DEFAULT_FILTER_LIMITS } from '../../../src/filters/limits.ts';

class Probe extends Filter {
  readonly name: string;
  readonly description = 'Does what it is told.';
  override readonly outputTags = [
    { name: 'a', description: '' },
    { name: 'b', description: '' },
  ];
  override readonly outputLocusProperties = [{ name: 'number', type: 'float', description: '' }] as const;
  override readonly mayHalt: boolean;
  readonly #act: (locus: FilterLocus) => unknown;

  constructor(act: (locus: FilterLocus) => unknown, name = 'probe', mayHalt = false) {
    super();
    this.name = name;
    this.#act = act;
    this.mayHalt = mayHalt;
  }

  run(locus: FilterLocus): void {
    // biome-ignore lint/correctness/noVoidTypeReturn: what a careless author in JavaScript would do
    return this.#act(locus) as undefined;
  }
}

const CONTEXT: FilterRunContext = { at: 1, columns: { catalogColumns: () => ({}), watchColumns: () => ({}) } };
const FILES = {
  get(): never {
    throw new TypeError('no data files');
  },
};

async function hostOf(filters: readonly Filter[], limits = DEFAULT_FILTER_LIMITS) {
  const host = new InProcessFilterHost(limits);
  const flags = DisabledFlags.create(filters.map(({ name }) => name));
  await host.prepare(filters, { flags, definitions: new Map(), files: FILES, at: 1 });
  return { host, flags };
}

describe('InProcessFilterHost', () => {
  test('a filter that answers with a promise crashes, and its later failure harms nobody', async () => {
    const { host } = await hostOf([
      new Probe(async (locus) => {
        await Promise.resolve();
        locus.tag('a');
      }),
    ]);
    const first = makeLocusInFlight({});
    const outcome = host.run(first, CONTEXT);
    expect(outcome.crashes[0]?.error.type).toBe('FILTER_RUN_ASYNCHRONOUS');
    await new Promise((resolve) => setImmediate(resolve));
    expect([...first.tags]).toEqual([]);
  });

  test('a locus that a filter kept cannot be written to afterwards', async () => {
    let kept: FilterLocus | undefined;
    const { host } = await hostOf([
      new Probe((locus) => {
        kept = locus;
      }),
    ]);
    host.run(makeLocusInFlight({}), CONTEXT);
    expect(() => kept?.tag('a')).toThrow(expect.objectContaining({ code: 'FILTER_TURN_OVER' }));
    expect(() => kept?.setProperty('number', 1)).toThrow(expect.objectContaining({ code: 'FILTER_TURN_OVER' }));
  });

  test('an alert that does not decode is not the fault of the filter that asked', async () => {
    const { host, flags } = await hostOf([
      new Probe((locus) => {
        locus.tag('a');
        locus.alert.properties.number('ztf_rb');
      }),
    ]);
    const locus = makeLocusInFlight({});
    locus.alertProperties = () => {
      throw new Error('damaged');
    };
    expect(() => host.run(locus, CONTEXT)).toThrow('damaged');
    expect([...locus.tags]).toEqual([]);
    expect(flags.listDisabled()).toEqual([]);
    expect(host.run(makeLocusInFlight({}), CONTEXT).results[0]?.status).toBe('ran');
  });

  test('a catalogue row that cannot be read is not the fault of the filter that asked', async () => {
    const { host, flags } = await hostOf([new Probe((locus) => locus.catalogObjects('ned')[0]?.columns['type'])]);
    const locus = makeLocusInFlight({ catalogMatches: [{ list: 'ned' }] });
    const broken = { catalogColumns: () => ({}), watchColumns: () => ({}) };
    broken.catalogColumns = () => {
      throw new Error('disk gone');
    };
    expect(() => host.run(locus, { ...CONTEXT, columns: broken })).toThrow('disk gone');
    expect(flags.listDisabled()).toEqual([]);
  });

  test('catalogue rows are read when a filter asks for columns, once a run', async () => {
    let reads = 0;
    const columns = {
      catalogColumns: () => {
        reads += 1;
        return { type: 'G' };
      },
      watchColumns: () => ({}),
    };
    const look = (locus: FilterLocus): void => {
      if (locus.catalogObjects('ned')[0]?.columns['type'] !== 'G') throw new Error('no column');
    };
    const { host } = await hostOf([
      new Probe((locus) => locus.catalogObjects('ned').length, 'one'),
      new Probe((locus) => look(locus), 'two'),
      new Probe((locus) => look(locus), 'three'),
    ]);
    const locus = makeLocusInFlight({ catalogMatches: [{ list: 'ned' }] });
    expect(host.run(locus, { ...CONTEXT, columns }).crashes).toEqual([]);
    expect(reads).toBe(1);
  });

  test('a request to halt that the filter itself catches still ends the run', async () => {
    const { host } = await hostOf([
      new Probe(
        (locus) => {
          try {
            locus.halt();
          } catch {
            locus.tag('a');
          }
        },
        'halter',
        true,
      ),
      new Probe((locus) => locus.tag('b')),
    ]);
    const locus = makeLocusInFlight({});
    expect(host.run(locus, CONTEXT).haltedBy).toBe('halter');
    expect([...locus.tags]).toEqual(['a']);
  });

  test('something else thrown after a request to halt is a crash', async () => {
    const { host } = await hostOf([
      new Probe(
        (locus) => {
          try {
            locus.halt();
          } finally {
            // biome-ignore lint/correctness/noUnsafeFinally: that is the point
            throw new RangeError('later');
          }
        },
        'halter',
        true,
      ),
    ]);
    expect(host.run(makeLocusInFlight({}), CONTEXT).crashes[0]?.error.type).toBe('RangeError');
  });

  test('the tag beyond the limit is refused, one that the locus has is not', async () => {
    const { host } = await hostOf([new Probe((locus) => locus.tag('a'))], {
      ...DEFAULT_FILTER_LIMITS,
      tagsPerLocus: 2,
    });
    expect(host.run(makeLocusInFlight({ tags: ['a', 'x'] }), CONTEXT).results[0]?.status).toBe('ran');
    const full = host.run(makeLocusInFlight({ tags: ['x', 'y'] }), CONTEXT);
    expect(full.crashes[0]?.error.type).toBe('FILTER_LIMIT_EXCEEDED');
  });

  test('the property beyond the limit is refused, one that is there may change', async () => {
    const limits = { ...DEFAULT_FILTER_LIMITS, propertiesPerSubject: 1 };
    const { host } = await hostOf([new Probe((locus) => locus.setProperty('number', 2))], limits);
    const known = makeLocusInFlight({ properties: { number: 1 } });
    expect(host.run(known, CONTEXT).results[0]?.status).toBe('ran');
    expect(known.properties.get('number')).toBe(2);
    const full = host.run(makeLocusInFlight({ properties: { other: 1 } }), CONTEXT);
    expect(full.crashes[0]?.error.type).toBe('FILTER_LIMIT_EXCEEDED');
  });

  test('a filter that could not be made ready stays off when it is switched on', async () => {
    class Broken extends Probe {
      override setup(): void {
        throw new Error('no table');
      }
    }
    const { host, flags } = await hostOf([new Broken(() => undefined)]);
    flags.enable('probe');
    expect(host.run(makeLocusInFlight({}), CONTEXT).results[0]?.skipReason).toBe('disabled');
  });

  test('a new list of filters takes the place of the old one', async () => {
    const { host } = await hostOf([new Probe((locus) => locus.tag('a'), 'old')]);
    const flags = DisabledFlags.create(['new']);
    await host.prepare([new Probe((locus) => locus.tag('b'), 'new')], {
      flags,
      definitions: new Map(),
      files: FILES,
      at: 1,
    });
    const locus = makeLocusInFlight({});
    expect(host.run(locus, CONTEXT).results.map(({ filter }) => filter)).toEqual(['new']);
    expect([...locus.tags]).toEqual(['b']);
  });

  test('a set-up that takes its time is waited for, and gets the data files', async () => {
    let table: Uint8Array | undefined;
    class Slow extends Probe {
      override async setup(files: { get(key: string): Uint8Array }): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 5));
        table = files.get('table');
      }
    }
    const host = new InProcessFilterHost();
    const files = { get: (key: string) => new TextEncoder().encode(key) };
    const flags = DisabledFlags.create(['probe']);
    const crashes = await host.prepare([new Slow(() => undefined)], { flags, definitions: new Map(), files, at: 1 });
    expect(crashes).toEqual([]);
    expect(new TextDecoder().decode(table)).toBe('table');
  });
});
