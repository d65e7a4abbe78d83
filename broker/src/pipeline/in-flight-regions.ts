/** A sky region by trixel, or a survey object by name: two alerts that share a key may touch the same locus. */
export type ConflictKey = number | string;

/**
 * Which lane each sky region is in the hands of, as long as an alert of it is on its way.
 *
 * This is the region lock of a single process: instead of waiting for a lock, an alert follows the one before it into the
 * same lane, and so comes after it. Order within a region is kept, whatever the number of lanes.
 */
export class InFlightRegions {
  readonly #holders = new Map<ConflictKey, { readonly lane: number; count: number }>();

  /** Lanes that hold any of the keys. */
  lanesOf(keys: readonly ConflictKey[]): number[] {
    const lanes: number[] = [];
    for (const key of keys) {
      const holder = this.#holders.get(key);
      if (holder !== undefined && !lanes.includes(holder.lane)) lanes.push(holder.lane);
    }
    return lanes;
  }

  /** Notes that an alert with these keys goes into a lane. None of them may be in another lane's hands. */
  enter(keys: readonly ConflictKey[], lane: number): void {
    for (const key of keys) {
      const holder = this.#holders.get(key);
      if (holder === undefined) this.#holders.set(key, { lane, count: 1 });
      else if (holder.lane === lane) holder.count += 1;
      else throw new TypeError(`region ${key} is in lane ${holder.lane}, so an alert of it cannot enter lane ${lane}`);
    }
  }

  /** Notes that an alert with these keys has left the pipeline. */
  leave(keys: readonly ConflictKey[]): void {
    for (const key of keys) {
      const holder = this.#holders.get(key)!;
      holder.count -= 1;
      if (holder.count === 0) this.#holders.delete(key);
    }
  }

  /** How many keys are held. */
  get size(): number {
    return this.#holders.size;
  }
}
