import assert from 'node:assert/strict';
import type { ObjectMatch } from '../model/locus.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import type { PropertyDefinition } from '../model/property.ts';
import { SPECIMENS, type SpecimenName } from './conformance-specimens.ts';
import { crashLogId } from './crash-log.ts';
import { DisabledFlags } from './disabled-flags.ts';
import type { FilterHost, FilterResult, FilterRunContext, FilterRunOutcome } from './filter-host.ts';
import { makeLocusInFlight } from './hand-made-locus.ts';

/** The one call of a test framework that the suite needs. */
export type DefineTest = (title: string, run: () => Promise<void>) => void;

/** A host to be tried. */
export interface FilterHostUnderTest<Source> {
  /** A fresh host; the suite closes it. */
  open(): Promise<FilterHost<Source>>;
  /** The filter of a name in the host's language: see `conformance-specimens.ts`. */
  specimen(name: SpecimenName): Source;
}

const AT = 1_700_000_000;
const CONTEXT: FilterRunContext = {
  at: AT,
  columns: {
    catalogColumns: (match: ObjectMatch) => ({ redshift: `0.0${match.row}` }),
    watchColumns: () => ({ note: 'mine' }),
  },
};

const NO_FILES = {
  get(key: string): never {
    throw new TypeError(`no data file ${key}`);
  },
};

/** A run of some specimens, with all that can be asked about it. */
interface Trial {
  readonly flags: DisabledFlags;
  readonly setUpCrashes: readonly { readonly filter: string; readonly locusId: string }[];
  run(locus: LocusInFlight, context?: FilterRunContext): Promise<FilterRunOutcome>;
}

/**
 * The behaviour that every host of filters has in common: calls `test` once a claim.
 *
 * @param test     defines a test
 * @param subject  the host to be tried
 */
export function filterHostConformance<Source>(test: DefineTest, subject: FilterHostUnderTest<Source>): void {
  const withSpecimens = async (
    names: readonly SpecimenName[],
    body: (trial: Trial) => Promise<void>,
    options: { readonly flags?: DisabledFlags; readonly definitions?: readonly PropertyDefinition[] } = {},
  ): Promise<void> => {
    const host = await subject.open();
    try {
      const flags = options.flags ?? DisabledFlags.create(names);
      const setUpCrashes = await host.prepare(
        names.map((name) => subject.specimen(name)),
        {
          flags,
          definitions: new Map((options.definitions ?? []).map((definition) => [definition.name, definition])),
          files: NO_FILES,
          at: AT,
        },
      );
      await body({ flags, setUpCrashes, run: async (locus, context = CONTEXT) => host.run(locus, context) });
    } finally {
      await host.close();
    }
  };

  test('a filter without requirements runs, and what it tags is on the locus', async () => {
    await withSpecimens(['tags_everything'], async ({ run }) => {
      const locus = makeLocusInFlight({ tags: ['before'] });
      const outcome = await run(locus);
      assert.deepEqual([...locus.tags], ['before', "everyone's tag"]);
      assert.deepEqual(outcome.tagsAdded, ["everyone's tag"]);
      const [result] = outcome.results;
      assert.equal(result?.status, 'ran');
      assert.deepEqual(result?.tagsSet, ["everyone's tag"]);
      assert.deepEqual(result?.tagsAdded, ["everyone's tag"]);
      assert.equal(outcome.haltedBy, undefined);
      assert.deepEqual(outcome.crashes, []);
    });
  });

  test('the same alert again sets the same and adds nothing', async () => {
    await withSpecimens(['tags_everything', 'writes_every_type', 'reads_what_was_written'], async ({ run }) => {
      const locus = makeLocusInFlight({});
      await run(locus);
      const first = stateOf(locus);
      const again = await run(locus);
      assert.deepEqual(stateOf(locus), first);
      assert.deepEqual(again.tagsAdded, []);
      assert.deepEqual(again.results[0]?.tagsSet, ["everyone's tag"]);
      assert.deepEqual(again.results[0]?.tagsAdded, []);
    });
  });

  test('an outcome is not changed by the next run', async () => {
    await withSpecimens(['tags_everything', 'throws_half_way'], async ({ run }) => {
      const outcome = await run(makeLocusInFlight({}));
      const copy = structuredClone(outcome);
      await run(makeLocusInFlight({ properties: { trap: 1 }, tags: ["everyone's tag"] }));
      assert.deepEqual(outcome, copy);
    });
  });

  test('a filter is skipped where a tag, a locus property or an alert property that it requires is missing', async () => {
    await withSpecimens(['requires_much'], async ({ run }) => {
      const complete = {
        tags: ["everyone's tag"],
        properties: { num_alerts: 1n },
        points: [{ mjd: 59_000, mag: 18 }],
        alertProperties: { ztf_rb: 0.9 },
      };
      const withoutMag = { ...complete, points: [{ mjd: 59_000 }] };
      const cases = [
        [{ ...complete, tags: [] }, 'tag', "everyone's tag"],
        [{ ...complete, properties: {} }, 'locus_property', 'num_alerts'],
        [{ ...complete, alertProperties: {} }, 'alert_property', 'ztf_rb'],
        [withoutMag, 'alert_property', 'ant_mag'],
      ] as const;
      for (const [made, reason, missing] of cases) {
        const locus = makeLocusInFlight(made);
        const [result] = (await run(locus)).results;
        assert.deepEqual([result?.status, result?.skipReason, result?.missing], ['skipped', reason, missing]);
        assert.equal(locus.tags.has('all_met'), false);
      }
      assert.equal((await run(makeLocusInFlight(complete))).results[0]?.status, 'ran');
    });
  });

  test("an alert property with another survey's prefix is not required of an alert", async () => {
    await withSpecimens(['requires_much'], async ({ run }) => {
      const tags = ["everyone's tag"];
      const properties = { num_alerts: 1n };
      const points = [{ mjd: 61_000, mag: 22, surveyNumber: 4, passband: 'i' }];
      const lsst = { tags, properties, points };
      const met = await run(makeLocusInFlight({ ...lsst, alertProperties: { lsst_diaSource_snr: 12 } }));
      assert.equal(met.results[0]?.status, 'ran');
      const unmet = await run(makeLocusInFlight({ ...lsst, alertProperties: { ztf_rb: 0.9 } }));
      assert.equal(unmet.results[0]?.missing, 'lsst_diaSource_snr');
    });
  });

  test('a filter for one survey is skipped on the alerts of another', async () => {
    await withSpecimens(['lsst_only'], async ({ run }) => {
      const ztf = await run(makeLocusInFlight({}));
      assert.deepEqual([ztf.results[0]?.status, ztf.results[0]?.skipReason], ['skipped', 'survey']);
      const lsst = await run(makeLocusInFlight({ points: [{ mjd: 61_000, surveyNumber: 4 }] }));
      assert.deepEqual(lsst.tagsAdded, ['from_lsst']);
    });
  });

  test('outputs are kept in their declared types, 64-bit integers whole', async () => {
    await withSpecimens(['writes_every_type'], async ({ run }) => {
      const locus = makeLocusInFlight({});
      const [result] = (await run(locus)).results;
      assert.deepEqual(Object.fromEntries(locus.properties), {
        specimen_float: 1.5,
        specimen_int: 7n,
        specimen_long: 170_631_126_925_180_997n,
        specimen_text: 'ω Centauri',
      });
      assert.deepEqual(Object.fromEntries(locus.annotations), { specimen_alert_float: -0.25, specimen_alert_int: 3n });
      assert.deepEqual(result?.locusPropertiesSet, [
        'specimen_float',
        'specimen_int',
        'specimen_long',
        'specimen_text',
      ]);
      assert.deepEqual(result?.alertPropertiesSet, ['specimen_alert_float', 'specimen_alert_int']);
    });
  });

  test('a filter sees what the ones before it set, and not what comes after', async () => {
    await withSpecimens(['writes_every_type', 'reads_what_was_written'], async ({ run }) => {
      const locus = makeLocusInFlight({});
      await run(locus);
      assert.equal(locus.properties.get('specimen_sum'), 1.5 + 7 - 0.25 + 3);
    });
    await withSpecimens(['reads_what_was_written', 'writes_every_type'], async ({ run }) => {
      const [first] = (await run(makeLocusInFlight({}))).results;
      assert.deepEqual([first?.status, first?.missing], ['skipped', 'specimen_float']);
    });
  });

  test('a filter sees the locus, its alert, its light curve in time order and its matches with their columns', async () => {
    await withSpecimens(['reports_its_view'], async ({ run }) => {
      const locus = makeLocusInFlight({
        locusId: 'ANT2020so7ia',
        ra: 10.5,
        dec: -20.25,
        tags: ['b', 'a'],
        points: [
          { mjd: 59_002, mag: 18.5, passband: 'R' },
          { mjd: 59_001, mag: 18.25, passband: 'g' },
          { mjd: 59_003, mag: 18.75, passband: 'g' },
        ],
        alertProperties: { ztf_candid: 2_481_191_135_115_015_002n, ztf_isdiffpos: 't', ztf_nbad: 0n },
        catalogMatches: [
          { list: 'galaxies', objectId: 'far', separationArcsec: 0.9 },
          { list: 'stars', objectId: 'star', separationArcsec: 0.1 },
          { list: 'galaxies', objectId: 'near', separationArcsec: 0.2 },
        ],
        watchMatches: [{ list: 'my list', objectId: 'mine' }],
      });
      await run(locus);
      assert.deepEqual(JSON.parse(String(locus.properties.get('specimen_view'))), {
        locus: ['ANT2020so7ia', 10.5, -20.25],
        alert: ['made:2', 59_003, 'g', 1],
        alertProperties: {
          ant_survey: '1',
          ztf_candid: '2481191135115015002',
          ztf_isdiffpos: 't',
          ztf_nbad: 0,
          missing: false,
        },
        times: [59_001, 59_002, 59_003],
        magnitudes: [18.25, 18.5, 18.75],
        passbands: ['g', 'R', 'g'],
        newDetections: ['g'],
        tags: ['a', 'b'],
        catalogs: ['galaxies', 'stars'],
        galaxies: [
          ['near', 0.2, '0.02'],
          ['far', 0.9, '0.00'],
        ],
        watchLists: ['my list'],
        watched: ['mine'],
        nothing: 0,
      });
    });
  });

  test('a run on one locus shows nothing of the run before it', async () => {
    await withSpecimens(['reports_its_view'], async ({ run }) => {
      await run(makeLocusInFlight({ catalogMatches: [{ list: 'galaxies' }], watchMatches: [{ list: 'my list' }] }));
      const plain = makeLocusInFlight({});
      await run(plain);
      const seen = JSON.parse(String(plain.properties.get('specimen_view')));
      assert.deepEqual([seen.catalogs, seen.galaxies, seen.watchLists, seen.watched], [[], [], [], []]);
    });
  });

  test('a crash switches the filter off, is recorded, and costs the others nothing', async () => {
    await withSpecimens(['tags_everything', 'throws_half_way', 'comes_last'], async ({ run, flags }) => {
      const locus = makeLocusInFlight({ locusId: 'ANT2021abc', properties: { trap: 1 } });
      const outcome = await run(locus);
      assert.deepEqual(statusesOf(outcome.results), ['ran', 'crashed', 'ran']);
      assert.equal(outcome.crashes.length, 1);
      const [crash] = outcome.crashes;
      assert.equal(crash?.filter, 'throws_half_way');
      assert.equal(crash?.locusId, 'ANT2021abc');
      assert.equal(crash?.alertId, 'made:0');
      assert.equal(crash?.at, AT);
      assert.equal(crash?.crashLogId, crashLogId('throws_half_way', 3, 'made:0'));
      assert.equal(crash?.error.type, 'RangeError');
      assert.match(crash?.error.message ?? '', /half-way/);
      assert.doesNotMatch(crash?.error.traceback ?? '', /(^|[\s(])\/|file:/);
      assert.deepEqual(flags.listDisabled(), ['throws_half_way']);
      const next = await run(makeLocusInFlight({}));
      assert.deepEqual(statusesOf(next.results), ['ran', 'skipped', 'ran']);
      assert.equal(next.results[1]?.skipReason, 'disabled');
    });
  });

  test('what a crashed filter set in that run is taken back', async () => {
    await withSpecimens(['throws_half_way'], async ({ run }) => {
      const locus = makeLocusInFlight({ properties: { specimen_old: 1, trap: 1 }, tags: ['kept'] });
      const before = stateOf(locus);
      const outcome = await run(locus);
      assert.deepEqual(stateOf(locus), before);
      assert.deepEqual(outcome.tagsAdded, []);
      assert.deepEqual(outcome.results[0]?.tagsSet, []);
      assert.deepEqual(outcome.results[0]?.locusPropertiesSet, []);
    });
  });

  test('a replay of the alert gives the crash the same name', async () => {
    const names: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      await withSpecimens(['throws_half_way'], async ({ run }) => {
        const outcome = await run(makeLocusInFlight({ properties: { trap: 1 } }));
        names.push(outcome.crashes[0]!.crashLogId);
      });
    }
    assert.equal(names[0], names[1]);
  });

  test('a filter that is off in one worker is off in all, and on again when an operator says so', async () => {
    const flags = DisabledFlags.create(['tags_everything']);
    const elsewhere = DisabledFlags.attach(structuredClone(flags.handle));
    await withSpecimens(
      ['tags_everything'],
      async ({ run }) => {
        elsewhere.disable('tags_everything');
        assert.equal((await run(makeLocusInFlight({}))).results[0]?.skipReason, 'disabled');
        elsewhere.enable('tags_everything');
        assert.equal((await run(makeLocusInFlight({}))).results[0]?.status, 'ran');
      },
      { flags },
    );
  });

  const lies: readonly (readonly [SpecimenName, string, RegExp])[] = [
    ['sets_nan', 'FILTER_OUTPUT_INVALID', /declared_float.*NaN/],
    ['sets_infinity', 'FILTER_OUTPUT_INVALID', /declared_float.*-Infinity/],
    ['sets_text_as_float', 'FILTER_OUTPUT_INVALID', /declared_float/],
    ['sets_fraction_as_int', 'FILTER_OUTPUT_INVALID', /declared_int.*1\.5/],
    ['sets_int_beyond_64_bits', 'FILTER_OUTPUT_INVALID', /declared_int/],
    ['sets_number_as_text', 'FILTER_OUTPUT_INVALID', /declared_str/],
    ['sets_endless_text', 'FILTER_OUTPUT_INVALID', /declared_str.*100000/],
    ['sets_undeclared_tag', 'FILTER_OUTPUT_UNDECLARED', /undeclared/],
    ['sets_undeclared_property', 'FILTER_OUTPUT_UNDECLARED', /undeclared/],
    ['sets_undeclared_alert_property', 'FILTER_OUTPUT_UNDECLARED', /alert property.*declared_float/],
    ['swallows_its_error', 'FILTER_OUTPUT_UNDECLARED', /undeclared/],
    ['halts_without_leave', 'FILTER_HALT_FORBIDDEN', /halts_without_leave/],
  ];
  for (const [name, code, message] of lies) {
    test(`a filter that ${name.replaceAll('_', ' ')} crashes with ${code}, and the locus is as it was`, async () => {
      await withSpecimens([name, 'comes_last'], async ({ run, flags }) => {
        const locus = makeLocusInFlight({});
        const outcome = await run(locus);
        assert.deepEqual(statusesOf(outcome.results), ['crashed', 'ran']);
        assert.equal(outcome.crashes[0]?.error.type, code);
        assert.match(outcome.crashes[0]?.error.message ?? '', message);
        assert.deepEqual([...locus.tags], ['got_to_the_end']);
        assert.equal(locus.properties.size, 0);
        assert.deepEqual(flags.listDisabled(), [name]);
      });
    });
  }

  test('a filter that may halt ends the run; what it set before stays', async () => {
    await withSpecimens(['tags_everything', 'halts', 'comes_last'], async ({ run, flags }) => {
      const locus = makeLocusInFlight({});
      const outcome = await run(locus);
      assert.deepEqual(statusesOf(outcome.results), ['ran', 'halted', 'not_reached']);
      assert.equal(outcome.haltedBy, 'halts');
      assert.deepEqual([...locus.tags], ["everyone's tag", 'halted_here']);
      assert.deepEqual(flags.listDisabled(), []);
    });
  });

  test('a filter whose set-up throws, or whose declaration is wrong, is off from the start; the others run', async () => {
    await withSpecimens(['throws_in_setup', 'declares_nonsense', 'comes_last'], async (trial) => {
      assert.deepEqual(
        trial.setUpCrashes.map(({ filter, locusId }) => [filter, locusId]),
        [
          ['throws_in_setup', ''],
          ['declares_nonsense', ''],
        ],
      );
      assert.deepEqual(trial.flags.listDisabled(), ['throws_in_setup', 'declares_nonsense']);
      const outcome = await trial.run(makeLocusInFlight({}));
      assert.deepEqual(statusesOf(outcome.results), ['skipped', 'skipped', 'ran']);
    });
  });

  test('a filter that declares another type than the catalogued one is off from the start', async () => {
    const definitions: PropertyDefinition[] = [
      { name: 'specimen_float', type: 'str', subject: 'locus', origin: 'an older filter', description: '' },
    ];
    await withSpecimens(
      ['writes_every_type'],
      async ({ setUpCrashes, flags }) => {
        assert.equal(setUpCrashes.length, 1);
        assert.deepEqual(flags.listDisabled(), ['writes_every_type']);
      },
      { definitions },
    );
  });

  test('two filters of one name are refused', async () => {
    const host = await subject.open();
    try {
      const twice = [subject.specimen('comes_last'), subject.specimen('comes_last')];
      const flags = DisabledFlags.create(['comes_last']);
      const options = { flags, definitions: new Map(), files: NO_FILES, at: AT };
      await assert.rejects(host.prepare(twice, options), { code: 'FILTER_DUPLICATE' });
    } finally {
      await host.close();
    }
  });

  test('a trace says how long each filter took and what it asked for', async () => {
    await withSpecimens(['writes_every_type', 'reads_what_was_written'], async ({ run }) => {
      const traced = await run(makeLocusInFlight({}), { ...CONTEXT, trace: true });
      for (const { nanoseconds } of traced.results) assert.ok(nanoseconds > 0, `${nanoseconds} ns`);
      assert.deepEqual(traced.results[1]?.reads, [
        'locus:specimen_float',
        'locus:specimen_int',
        'alert:specimen_alert_float',
        'alert:specimen_alert_int',
      ]);
      const untraced = await run(makeLocusInFlight({}));
      assert.ok(untraced.results.every(({ nanoseconds, reads }) => Number.isNaN(nanoseconds) && reads.length === 0));
    });
  });
}

/** Names of all specimens, for hosts that make them ready in another language. */
export const SPECIMEN_NAMES = Object.keys(SPECIMENS) as readonly SpecimenName[];

function statusesOf(results: readonly FilterResult[]): string[] {
  return results.map(({ status }) => status);
}

function stateOf(locus: LocusInFlight): unknown {
  return structuredClone({
    tags: [...locus.tags],
    properties: [...locus.properties],
    annotations: [...locus.annotations],
  });
}
