import type { FilterAlert } from '../filter.ts';

/**
 * An L1 filter: it decides on a new alert alone, before there is a locus, whether the pipeline runs at all. The paper,
 * section 4.3.
 *
 * An alert that a filter does not accept is stored without a locus, and nothing else is done with it: no aggregation, no
 * filters, no stream. So L1 filters are for false detections and poor images, and belong to the observatory's staff.
 *
 * Its verdict depends on the alert alone. A property that is missing never speaks against an alert: packets of other
 * surveys and of early schemas lack most of them.
 */
export abstract class L1Filter {
  /** Unique, snake_case; appears in the configuration, and beside the alerts that were only stored. */
  abstract readonly name: string;
  /** One sentence, with the cuts in force. */
  abstract readonly description: string;

  /** What speaks against the alert, in words with the value and the limit; undefined when nothing does. */
  abstract findObjection(alert: FilterAlert): string | undefined;

  /** Whether the alert goes on. */
  accepts(alert: FilterAlert): boolean {
    return this.findObjection(alert) === undefined;
  }
}

/**
 * What speaks against a value that must lie within limits, both inclusive; undefined when it does, or when it is missing.
 *
 * @param value  NaN where the alert has none
 */
export function findRangeObjection(name: string, value: number, lowest: number, highest: number): string | undefined {
  if (value < lowest) return `${name} is ${value}, below ${lowest}`;
  if (value > highest) return `${name} is ${value}, above ${highest}`;
  return undefined;
}
