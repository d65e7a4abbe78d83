import { AntaresError } from './errors.ts';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** `ANT<year><body>`, the public name of a locus: `ANT2020so7ia`. The paper, section 10. */
export type LocusId = Branded<string, 'LocusId'>;
/** The public name of an alert: `ztf_candidate:<candid>`, `ztf_upper_limit:<objectId>-<pid>`, `lsst:<diaSourceId>`. */
export type AlertId = Branded<string, 'AlertId'>;
/** Name of the record that says which code, configuration and catalogues an alert was processed with. */
export type ProvenanceId = Branded<string, 'ProvenanceId'>;

/** Takes a string for an alert id. The shape is the survey's business: nothing is checked but that it is not empty. */
export function toAlertId(text: string): AlertId {
  if (text.length === 0) throw new TypeError('an alert id is never empty');
  return text as AlertId;
}

/** Takes a string for a provenance id. */
export function toProvenanceId(text: string): ProvenanceId {
  if (text.length === 0) throw new TypeError('a provenance id is never empty');
  return text as ProvenanceId;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The locus id of the n-th locus of a year.
 *
 * The body is the RFC 4648 base32 text, lower case and without padding, of the counter as the shortest big-endian
 * byte string: 9682560 of 2020 gives `ANT2020so7ia`, the paper's example.
 *
 * @param year     observation year of the alert that made the locus, four digits
 * @param counter  1, 2, 3, …; one counter a year
 */
export function locusIdFromCounter(year: number, counter: bigint): LocusId {
  if (!Number.isInteger(year) || year < 1000 || year > 9999) throw new TypeError(`a year has four digits, got ${year}`);
  if (counter <= 0n) throw new TypeError(`locus counters begin at 1, got ${counter}`);
  let hex = counter.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  let bits = '';
  for (let i = 0; i < hex.length; i += 1) bits += Number.parseInt(hex[i]!, 16).toString(2).padStart(4, '0');
  let body = '';
  for (let i = 0; i < bits.length; i += 5) {
    body += BASE32[Number.parseInt(bits.slice(i, i + 5).padEnd(5, '0'), 2)];
  }
  return `ANT${year}${body}` as LocusId;
}

/**
 * The counter in a locus id of the base32 scheme.
 *
 * @throws LOCUS_ID_MALFORMED  when the text is not `ANT`, four digits and base32 without padding
 */
export function counterFromLocusId(id: string): { readonly year: number; readonly counter: bigint } {
  const match = /^ANT(\d{4})([a-z2-7]{2,})$/.exec(id);
  if (match === null) {
    throw new AntaresError(
      'LOCUS_ID_MALFORMED',
      `expected ANT<year><base32>, such as ANT2020so7ia; got ${JSON.stringify(id)}`,
    );
  }
  let bits = '';
  for (const letter of match[2]!) bits += BASE32.indexOf(letter).toString(2).padStart(5, '0');
  const whole = bits.slice(0, bits.length - (bits.length % 8));
  return { year: Number(match[1]), counter: BigInt(`0b${whole}`) };
}

/** Whether a text has the form of a locus id of either scheme (base32 counter, or the twelve letters in use since 2022). */
export function isLocusId(text: string): text is LocusId {
  return /^ANT\d{4}[0-9a-z]{2,}$/.test(text);
}
