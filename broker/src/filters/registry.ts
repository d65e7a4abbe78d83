import { AntaresError } from '../model/errors.ts';
import { Extragalactic } from './built-in/extragalactic.ts';
import { HelloWorld } from './built-in/hello-world.ts';
import { HighAmplitudeTransient } from './built-in/high-amplitude-transient.ts';
import { HighAmplitudeVariable } from './built-in/high-amplitude-variable.ts';
import { HighSnr } from './built-in/high-snr.ts';
import { InM31 } from './built-in/in-m31.ts';
import { LcFeatureExtractor } from './built-in/lc-feature-extractor.ts';
import { NuclearTransient } from './built-in/nuclear-transient.ts';
import { SsoCandidates } from './built-in/sso-candidates.ts';
import { SsoConfirmed } from './built-in/sso-confirmed.ts';
import { YoungExtragalacticCandidate } from './built-in/young-extragalactic-candidate.ts';
import type { Filter } from './filter.ts';

/** A filter that comes with the broker. */
export interface BuiltInFilter {
  readonly name: string;
  /** Whether it runs unless the configuration says otherwise. */
  readonly isDefault: boolean;
  /** Makes an instance: each worker has its own. */
  readonly create: () => Filter;
}

/**
 * The filters that come with the broker, in the order in which they run.
 *
 * A filter comes after those whose tags or properties it requires.
 */
export const BUILT_IN_FILTERS: readonly BuiltInFilter[] = [
  // Tags everything, so it is for whoever asks for it.
  { name: 'hello_world', isDefault: false, create: () => new HelloWorld() },
  { name: 'high_snr', isDefault: true, create: () => new HighSnr() },
  { name: 'extragalactic', isDefault: true, create: () => new Extragalactic() },
  { name: 'nuclear_transient', isDefault: true, create: () => new NuclearTransient() },
  { name: 'high_amplitude_variable', isDefault: true, create: () => new HighAmplitudeVariable() },
  { name: 'high_amplitude_transient', isDefault: true, create: () => new HighAmplitudeTransient() },
  { name: 'young_extragalactic_candidate', isDefault: true, create: () => new YoungExtragalacticCandidate() },
  { name: 'sso_candidates', isDefault: true, create: () => new SsoCandidates() },
  { name: 'sso_confirmed', isDefault: true, create: () => new SsoConfirmed() },
  { name: 'in_m31', isDefault: true, create: () => new InM31() },
  { name: 'lc_feature_extractor', isDefault: true, create: () => new LcFeatureExtractor() },
];

/**
 * Which built-in filters run: a list of names, in the order in which they shall run; or, by name, what differs from the
 * default set, in the registry's order.
 */
export type FilterSelection = readonly string[] | Readonly<Record<string, boolean>>;

/** An instance of every built-in filter, in order. */
export function builtInFilters(): Filter[] {
  return BUILT_IN_FILTERS.map(({ create }) => create());
}

/**
 * Instances of the filters that a configuration asks for.
 *
 * @param selection  nothing, or an empty list: the default set
 * @throws FILTER_UNKNOWN    a name that no built-in filter has
 * @throws FILTER_DUPLICATE  a name listed twice
 */
export function selectFilters(selection: FilterSelection = []): Filter[] {
  if (isList(selection)) {
    if (selection.length === 0)
      return BUILT_IN_FILTERS.filter(({ isDefault }) => isDefault).map(({ create }) => create());
    const twice = selection.find((name, index) => selection.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new AntaresError('FILTER_DUPLICATE', `the filter ${twice} is listed twice; list each once`);
    }
    return selection.map(createNamed);
  }
  for (const name of Object.keys(selection)) getBuiltInFilter(name);
  return BUILT_IN_FILTERS.filter(({ name, isDefault }) => selection[name] ?? isDefault).map(({ create }) => create());
}

/**
 * The filter of a name. `high_snr:2` is a further copy of `high_snr` under that name: to see what more filters cost, or to
 * compare a filter with itself.
 */
function createNamed(name: string): Filter {
  const original = name.replace(/:\d+$/, '');
  const filter = getBuiltInFilter(original).create();
  return name === original ? filter : Object.defineProperty(filter, 'name', { value: name });
}

function getBuiltInFilter(name: string): BuiltInFilter {
  const found = BUILT_IN_FILTERS.find((filter) => filter.name === name);
  if (found !== undefined) return found;
  const names = BUILT_IN_FILTERS.map((filter) => filter.name).join(', ');
  throw new AntaresError('FILTER_UNKNOWN', `no built-in filter is called ${JSON.stringify(name)}; there are ${names}`);
}

function isList(selection: FilterSelection): selection is readonly string[] {
  return Array.isArray(selection);
}
