/**
 * The form of a text: literal parts, with any number of characters between one and the next (`*`), or exactly one (`?`).
 *
 * Never a regular expression: matching takes at most the product of the two lengths, whatever the pattern.
 */
export interface Pattern {
  readonly parts: readonly PatternPart[];
  /** Letters are compared in lower case. */
  readonly ignoreCase: boolean;
}

/** Text as it is, or a wildcard. `?` stands for one UTF-16 unit. */
export type PatternPart = { readonly literal: string } | { readonly wild: '*' | '?' };

/**
 * Reads a pattern as Elasticsearch's `wildcard` spells it: `*`, `?`, and a backslash before what is meant literally.
 */
export function readPattern(text: string, ignoreCase = false): Pattern {
  const parts: PatternPart[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') parts.push({ literal });
    literal = '';
  };
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i]!;
    if (letter === '\\' && i + 1 < text.length) {
      i += 1;
      literal += text[i]!;
    } else if (letter === '*' || letter === '?') {
      flush();
      const last = parts.at(-1);
      if (letter === '?' || last === undefined || !('wild' in last) || last.wild !== '*') parts.push({ wild: letter });
    } else {
      literal += letter;
    }
  }
  flush();
  return { parts, ignoreCase };
}

/** The pattern of all texts that begin with another. */
export function prefixPattern(prefix: string, ignoreCase = false): Pattern {
  const parts: PatternPart[] = prefix === '' ? [] : [{ literal: prefix }];
  return { parts: [...parts, { wild: '*' }], ignoreCase };
}

/** A test for one pattern and many texts. */
export function patternTester({ parts, ignoreCase }: Pattern): (text: string) => boolean {
  const ANY = -1;
  const ONE = -2;
  // Unit by unit, wildcards as negative numbers: the two-pointer match, which goes back to the last `*` only.
  const units: number[] = [];
  for (const part of parts) {
    if ('wild' in part) units.push(part.wild === '*' ? ANY : ONE);
    else {
      const literal = ignoreCase ? part.literal.toLowerCase() : part.literal;
      for (let i = 0; i < literal.length; i += 1) units.push(literal.charCodeAt(i));
    }
  }
  return (original) => {
    const text = ignoreCase ? original.toLowerCase() : original;
    let at = 0;
    let unit = 0;
    let starUnit = -1;
    let starAt = 0;
    while (at < text.length) {
      const wanted = units[unit];
      if (wanted === ANY) {
        starUnit = unit;
        starAt = at;
        unit += 1;
      } else if (wanted === ONE || (wanted !== undefined && wanted === text.charCodeAt(at))) {
        unit += 1;
        at += 1;
      } else if (starUnit >= 0) {
        unit = starUnit + 1;
        starAt += 1;
        at = starAt;
      } else {
        return false;
      }
    }
    while (units[unit] === ANY) unit += 1;
    return unit === units.length;
  };
}
