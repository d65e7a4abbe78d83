/** Half-months of a designation: A to Y without I. */
const HALF_MONTHS = 'ABCDEFGHJKLMNOPQRSTUVWXY';
/** Order within the half-month: A to Z without I. */
const ORDERS = 'ABCDEFGHJKLMNOPQRSTUVWXYZ';
/** Tens of the cycle in packed form. */
const TENS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FIRST_YEAR = 2001;
const YEARS = 20;

interface Parts {
  readonly year: number;
  readonly half: string;
  readonly order: string;
  readonly cycle: number;
}

/** Designations by number, each once: 20 years of 24 half-months of 25 letters, then the next cycle. */
function partsOf(index: number): Parts {
  const half = Math.floor(index / YEARS) % 24;
  const order = Math.floor(index / (YEARS * 24)) % 25;
  const cycle = Math.floor(index / (YEARS * 24 * 25));
  if (cycle > 619) throw new TypeError(`no packed designation for asteroid ${index}`);
  return { year: FIRST_YEAR + (index % YEARS), half: HALF_MONTHS[half]!, order: ORDERS[order]!, cycle };
}

/** The provisional designation of the n-th simulated asteroid: `2017 SA109`. */
export function unpackedDesignation(index: number): string {
  const { year, half, order, cycle } = partsOf(index);
  return `${year} ${half}${order}${cycle === 0 ? '' : cycle}`;
}

/** The same, packed into seven letters as the Minor Planet Center does: `K17SA9A`. */
export function packedDesignation(index: number): string {
  const { year, half, order, cycle } = partsOf(index);
  return `K${String(year % 100).padStart(2, '0')}${half}${TENS[Math.floor(cycle / 10)]}${cycle % 10}${order}`;
}
