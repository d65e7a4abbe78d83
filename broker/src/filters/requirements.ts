import type { FilterDeclaration } from './declaration.ts';
import type { PropertyView } from './filter.ts';
import type { SkipReason } from './filter-host.ts';

/** The prefixes of properties that belong to one survey, by `ant_survey` number of its alerts. */
const PREFIX_OF_SURVEY: Readonly<Record<number, string>> = { 1: 'ztf_', 2: 'ztf_', 3: 'decat_', 4: 'lsst_' };
const SURVEY_PREFIXES: readonly string[] = [...new Set(Object.values(PREFIX_OF_SURVEY))];

/** What requirements are held against: a locus and its new alert. */
export interface RequirementSubject {
  readonly alert: { readonly surveyNumber: number; readonly properties: PropertyView };
  readonly properties: PropertyView;
  readonly tags: ReadonlySet<string>;
}

/** A requirement that is not met. */
export interface UnmetRequirement {
  readonly reason: Exclude<SkipReason, 'disabled'>;
  /** The property or tag that is missing; undefined for a survey. */
  readonly missing: string | undefined;
}

/**
 * What a filter requires, compiled: asked before every call, so each answer that can be ready is.
 *
 * A required alert property with the prefix of another survey than the alert's is not required of that alert: a filter
 * that names `ztf_magpsf` and `lsst_diaSource_psfFlux` runs on the alerts of both.
 */
export class Requirements {
  readonly #surveys: ReadonlySet<number> | undefined;
  readonly #locusProperties: readonly UnmetRequirement[];
  readonly #alertProperties: readonly string[];
  readonly #tags: readonly UnmetRequirement[];
  readonly #alertPropertiesOfSurvey: (readonly UnmetRequirement[] | undefined)[] = [];

  constructor(declaration: FilterDeclaration) {
    this.#surveys = declaration.surveyNumbers.length === 0 ? undefined : new Set(declaration.surveyNumbers);
    this.#locusProperties = declaration.requiredLocusProperties.map((missing) => ({
      reason: 'locus_property',
      missing,
    }));
    this.#alertProperties = [...declaration.requiredAlertProperties];
    this.#tags = declaration.requiredTags.map((missing) => ({ reason: 'tag', missing }));
  }

  /** The first requirement that is not met, or undefined when the filter may run. */
  findUnmet(subject: RequirementSubject): UnmetRequirement | undefined {
    if (this.#surveys !== undefined && !this.#surveys.has(subject.alert.surveyNumber)) return OTHER_SURVEY;
    // Tags and locus properties first: they are in memory, while the alert's own may have to be decoded.
    for (const unmet of this.#tags) if (!subject.tags.has(unmet.missing!)) return unmet;
    for (const unmet of this.#locusProperties) if (!subject.properties.has(unmet.missing!)) return unmet;
    for (const unmet of this.#requiredOf(subject.alert.surveyNumber)) {
      if (!subject.alert.properties.has(unmet.missing!)) return unmet;
    }
    return undefined;
  }

  #requiredOf(surveyNumber: number): readonly UnmetRequirement[] {
    let required = this.#alertPropertiesOfSurvey[surveyNumber];
    if (required === undefined) {
      const own = PREFIX_OF_SURVEY[surveyNumber];
      required = this.#alertProperties
        .filter((name) => !SURVEY_PREFIXES.some((prefix) => prefix !== own && name.startsWith(prefix)))
        .map((missing) => ({ reason: 'alert_property', missing }));
      this.#alertPropertiesOfSurvey[surveyNumber] = required;
    }
    return required;
  }
}

const OTHER_SURVEY: UnmetRequirement = { reason: 'survey', missing: undefined };
