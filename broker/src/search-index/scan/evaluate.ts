import type { PropertyValue } from '../../model/property.ts';
import { RIM_ALLOWANCE_ARCSEC, separationArcsec } from '../../sky/separation.ts';
import { patternTester } from '../query/pattern.ts';
import type { FieldTest, Operand, Query, RangeTest } from '../query/query.ts';
import { randomScore } from '../query/random-score.ts';
import { compareText } from '../query/text-order.ts';
import type { LocusDocument } from '../search-index.ts';

/** A document with its values by field. */
export interface ScannedDocument {
  readonly document: LocusDocument;
  readonly values: ReadonlyMap<string, readonly PropertyValue[]>;
}

/** Whether a document matches a query (checked by `checkFields`): the meaning of the language, clause by clause. */
export function matches(query: Query, scanned: ScannedDocument): boolean {
  switch (query.clause) {
    case 'match_all':
      return true;
    case 'match_none':
      return false;
    case 'field':
      return (scanned.values.get(query.field) ?? []).some((value) => passes(value, query.test));
    case 'cone': {
      const { ra, dec } = scanned.document;
      return separationArcsec(query.ra, query.dec, ra, dec) <= query.radiusArcsec + RIM_ALLOWANCE_ARCSEC;
    }
    case 'bool':
      return (
        query.must.every((each) => matches(each, scanned)) &&
        query.filter.every((each) => matches(each, scanned)) &&
        !query.mustNot.some((each) => matches(each, scanned)) &&
        query.should.filter((each) => matches(each, scanned)).length >= query.minimumShouldMatch
      );
    case 'random_score':
    case 'constant_score':
      return matches(query.query, scanned);
    case 'any_field':
      throw new TypeError('any_field is taken apart by checkFields before a query is evaluated');
  }
}

/** The score of a document that matches. */
export function scoreOf(query: Query, scanned: ScannedDocument): number {
  switch (query.clause) {
    case 'random_score':
      return randomScore(query.seed, scanned.document.ref.locusId);
    case 'constant_score':
      return query.score;
    case 'bool': {
      const should = query.should.filter((each) => matches(each, scanned));
      return [...query.must, ...should].reduce((sum, each) => sum + scoreOf(each, scanned), 0);
    }
    default:
      return 0;
  }
}

function passes(value: PropertyValue, test: FieldTest): boolean {
  switch (test.test) {
    case 'exists':
      return true;
    case 'equals':
      return test.values.some((operand) => equals(value, operand, test.ignoreCase));
    case 'range':
      return isInRange(value, test);
    case 'pattern':
      return typeof value === 'string' && patternTester(test.pattern)(value);
  }
}

function equals(value: PropertyValue, operand: Operand, ignoreCase: boolean): boolean {
  switch (typeof value) {
    case 'string':
      return ignoreCase ? value.toLowerCase() === operand.text.toLowerCase() : value === operand.text;
    case 'boolean':
      return value === operand.flag;
    default:
      // Neither less nor greater: exact also between a double and a bigint.
      return operand.number !== undefined && !(value < operand.number) && !(value > operand.number);
  }
}

function isInRange(value: PropertyValue, { gt, gte, lt, lte }: RangeTest): boolean {
  if (typeof value === 'boolean') return false;
  const compare = (bound: Operand): number => {
    if (typeof value === 'string') return compareText(value, bound.text);
    if (bound.number === undefined) return Number.NaN;
    return value < bound.number ? -1 : value > bound.number ? 1 : 0;
  };
  return (
    (gt === undefined || compare(gt) > 0) &&
    (gte === undefined || compare(gte) >= 0) &&
    (lt === undefined || compare(lt) < 0) &&
    (lte === undefined || compare(lte) <= 0)
  );
}
