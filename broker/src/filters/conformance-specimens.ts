import { Filter, type FilterFiles, type FilterLocus } from './filter.ts';

/**
 * Filters that the conformance suite runs in every host: each does one thing, named by its key.
 *
 * These are in TypeScript. A host for another language has its own of the same names, declarations and doings.
 */
export const SPECIMENS = {
  /** Sets its tag, whatever it sees. */
  tags_everything: () => new TagsEverything(),
  /** Requires the tag of `tags_everything`, the locus property `num_alerts`, and alert properties of two surveys. */
  requires_much: () => new RequiresMuch(),
  /** Runs on LSST alerts alone. */
  lsst_only: () => new LsstOnly(),
  /** Sets a property of each type on locus and alert. */
  writes_every_type: () => new WritesEveryType(),
  /** Reads what `writes_every_type` wrote, on locus and alert, and sets its sum. */
  reads_what_was_written: () => new ReadsWhatWasWritten(),
  /** Sets what it sees of the locus, as JSON. */
  reports_its_view: () => new ReportsItsView(),
  /** Sets a tag, an old and a new property, then throws, where the locus has the property `trap`. */
  throws_half_way: () => new ThrowsHalfWay(),
  /** Throws in its set-up. */
  throws_in_setup: () => new ThrowsInSetup(),
  /** Declares a tag that no tag can be. */
  declares_nonsense: () => new DeclaresNonsense(),
  sets_nan: () => new Liar('sets_nan', (locus) => locus.setProperty('declared_float', Number.NaN)),
  sets_infinity: () =>
    new Liar('sets_infinity', (locus) => locus.setProperty('declared_float', Number.NEGATIVE_INFINITY)),
  sets_text_as_float: () => new Liar('sets_text_as_float', (locus) => locus.setProperty('declared_float', '1.5')),
  sets_fraction_as_int: () => new Liar('sets_fraction_as_int', (locus) => locus.setProperty('declared_int', 1.5)),
  sets_int_beyond_64_bits: () =>
    new Liar('sets_int_beyond_64_bits', (locus) => locus.setProperty('declared_int', 2n ** 63n)),
  sets_number_as_text: () => new Liar('sets_number_as_text', (locus) => locus.setProperty('declared_str', 1)),
  sets_endless_text: () =>
    new Liar('sets_endless_text', (locus) => locus.setProperty('declared_str', 'x'.repeat(100_000))),
  sets_undeclared_tag: () => new Liar('sets_undeclared_tag', (locus) => locus.tag('undeclared')),
  sets_undeclared_property: () => new Liar('sets_undeclared_property', (locus) => locus.setProperty('undeclared', 1)),
  /** A locus property's name on the alert: declared, but not for that. */
  sets_undeclared_alert_property: () =>
    new Liar('sets_undeclared_alert_property', (locus) => locus.setAlertProperty('declared_float', 1)),
  /** Breaks a rule, catches the error, and goes on as if nothing had happened. */
  swallows_its_error: () =>
    new Liar('swallows_its_error', (locus) => {
      try {
        locus.tag('undeclared');
      } catch {
        locus.tag('declared');
      }
    }),
  halts_without_leave: () => new Liar('halts_without_leave', (locus) => locus.halt()),
  /** Tags, then ends the run, as it may. */
  halts: () => new Halts(),
  /** Comes last: shows whether the run got there. */
  comes_last: () => new ComesLast(),
} as const satisfies Record<string, () => Filter>;

/** Name of a specimen. */
export type SpecimenName = keyof typeof SPECIMENS;

class TagsEverything extends Filter {
  readonly name = 'tags_everything';
  readonly description = 'Tags everything.';
  override readonly outputTags = [{ name: "everyone's tag", description: 'On everything.' }];
  run(locus: FilterLocus): void {
    locus.tag("everyone's tag");
  }
}

class RequiresMuch extends Filter {
  readonly name = 'requires_much';
  readonly description = 'Requires tags and properties.';
  override readonly requiredTags = ["everyone's tag"];
  override readonly requiredLocusProperties = ['num_alerts'];
  override readonly requiredAlertProperties = ['ant_mag', 'ztf_rb', 'lsst_diaSource_snr'];
  override readonly outputTags = [{ name: 'all_met', description: 'All requirements were met.' }];
  run(locus: FilterLocus): void {
    locus.tag('all_met');
  }
}

class LsstOnly extends Filter {
  readonly name = 'lsst_only';
  readonly description = 'Runs on LSST alerts.';
  override readonly surveyNumbers = [4];
  override readonly outputTags = [{ name: 'from_lsst', description: 'The alert is from LSST.' }];
  run(locus: FilterLocus): void {
    locus.tag('from_lsst');
  }
}

class WritesEveryType extends Filter {
  readonly name = 'writes_every_type';
  readonly description = 'Sets a property of each type.';
  override readonly outputLocusProperties = [
    { name: 'specimen_float', type: 'float', description: 'A float.' },
    { name: 'specimen_int', type: 'int', description: 'A small integer.' },
    { name: 'specimen_long', type: 'int', description: 'An integer that no double holds.' },
    { name: 'specimen_text', type: 'str', description: 'A text.' },
  ] as const;
  override readonly outputAlertProperties = [
    { name: 'specimen_alert_float', type: 'float', description: 'A float.' },
    { name: 'specimen_alert_int', type: 'int', description: 'An integer.' },
  ] as const;
  run(locus: FilterLocus): void {
    locus.setProperty('specimen_float', 1.5);
    locus.setProperty('specimen_int', 7);
    locus.setProperty('specimen_long', 170_631_126_925_180_997n);
    locus.setProperty('specimen_text', 'ω Centauri');
    locus.setAlertProperty('specimen_alert_float', -0.25);
    locus.setAlertProperty('specimen_alert_int', 3);
  }
}

class ReadsWhatWasWritten extends Filter {
  readonly name = 'reads_what_was_written';
  readonly description = 'Adds up what was written before it.';
  override readonly requiredLocusProperties = ['specimen_float', 'specimen_int'];
  override readonly requiredAlertProperties = ['specimen_alert_float', 'specimen_alert_int'];
  override readonly outputLocusProperties = [{ name: 'specimen_sum', type: 'float', description: 'Sum.' }] as const;
  run(locus: FilterLocus): void {
    const ofLocus = locus.properties.number('specimen_float') + locus.properties.number('specimen_int');
    const ofAlert =
      locus.alert.properties.number('specimen_alert_float') + locus.alert.properties.number('specimen_alert_int');
    locus.setProperty('specimen_sum', ofLocus + ofAlert);
  }
}

class ReportsItsView extends Filter {
  readonly name = 'reports_its_view';
  readonly description = 'Says what it sees.';
  override readonly outputLocusProperties = [{ name: 'specimen_view', type: 'str', description: 'JSON.' }] as const;
  run(locus: FilterLocus): void {
    const { alert, lightCurve } = locus;
    const columnOf = (values: Float64Array): number[] => [...lightCurve.order].map((row) => values[row]!);
    const seen = {
      locus: [locus.locusId, locus.ra, locus.dec],
      alert: [alert.alertId, alert.mjd, alert.passband, alert.surveyNumber],
      alertProperties: {
        ant_survey: String(alert.properties.get('ant_survey')),
        ztf_candid: String(alert.properties.get('ztf_candid')),
        ztf_isdiffpos: alert.properties.text('ztf_isdiffpos') ?? '',
        ztf_nbad: alert.properties.number('ztf_nbad'),
        missing: alert.properties.has('ztf_missing'),
      },
      times: columnOf(lightCurve.mjd),
      magnitudes: columnOf(lightCurve.mag),
      passbands: [...lightCurve.order].map((row) => lightCurve.passband[row]!),
      newDetections: ['g', 'R'].filter((passband) => locus.hasNewDetections(passband)),
      tags: [...locus.tags].sort(),
      catalogs: [...locus.catalogs].sort(),
      galaxies: locus
        .catalogObjects('galaxies')
        .map((o) => [o.objectId, o.separationArcsec, o.columns['redshift'] ?? '']),
      watchLists: [...locus.watchLists],
      watched: locus.watchObjects('my list').map(({ objectId }) => objectId),
      nothing: locus.catalogObjects('no such catalogue').length,
    };
    locus.setProperty('specimen_view', JSON.stringify(seen));
  }
}

class ThrowsHalfWay extends Filter {
  readonly name = 'throws_half_way';
  readonly description = 'Throws half-way where there is a trap.';
  override readonly version = 3;
  override readonly outputTags = [{ name: 'half_a_tag', description: 'Set before it throws.' }];
  override readonly outputLocusProperties = [
    { name: 'specimen_old', type: 'float', description: 'There before.' },
    { name: 'specimen_new', type: 'float', description: 'Not there before.' },
  ] as const;
  override readonly outputAlertProperties = [
    { name: 'specimen_alert_new', type: 'float', description: 'Not there before.' },
  ] as const;
  run(locus: FilterLocus): void {
    locus.tag('half_a_tag');
    locus.setProperty('specimen_old', 2);
    locus.setProperty('specimen_new', 3);
    locus.setAlertProperty('specimen_alert_new', 4);
    if (locus.properties.has('trap')) throw new RangeError('half-way');
  }
}

class ThrowsInSetup extends Filter {
  readonly name = 'throws_in_setup';
  readonly description = 'Cannot be made ready.';
  override setup(_files: FilterFiles): void {
    throw new Error('no such table');
  }
  run(_locus: FilterLocus): void {}
}

class DeclaresNonsense extends Filter {
  readonly name = 'declares_nonsense';
  readonly description = 'Declares a tag that is none.';
  override readonly outputTags = [{ name: 'two\nlines', description: 'Not a tag.' }];
  run(_locus: FilterLocus): void {}
}

/** Declares one output of each kind, and breaks its word. */
class Liar extends Filter {
  readonly name: string;
  readonly description = 'Says what it may not say.';
  override readonly outputTags = [{ name: 'declared', description: 'Declared.' }];
  override readonly outputLocusProperties = [
    { name: 'declared_float', type: 'float', description: 'Declared.' },
    { name: 'declared_int', type: 'int', description: 'Declared.' },
    { name: 'declared_str', type: 'str', description: 'Declared.' },
  ] as const;
  readonly #lie: (locus: FilterLocus) => void;

  constructor(name: string, lie: (locus: FilterLocus) => void) {
    super();
    this.name = name;
    this.#lie = lie;
  }

  run(locus: FilterLocus): void {
    this.#lie(locus);
  }
}

class Halts extends Filter {
  readonly name = 'halts';
  readonly description = 'Ends the run.';
  override readonly mayHalt = true;
  override readonly outputTags = [{ name: 'halted_here', description: 'Set before it ended the run.' }];
  run(locus: FilterLocus): void {
    locus.tag('halted_here');
    locus.halt();
  }
}

class ComesLast extends Filter {
  readonly name = 'comes_last';
  readonly description = 'Shows that the run got to its end.';
  override readonly outputTags = [{ name: 'got_to_the_end', description: 'The run got there.' }];
  run(locus: FilterLocus): void {
    locus.tag('got_to_the_end');
  }
}
