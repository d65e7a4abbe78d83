/**
 * A flux light curve in its own units: time in durations from the first point, flux in ranges from the faintest.
 *
 * One set of bounds and starting points then serves a kilonova and a superluminous supernova alike.
 */
export class NormalisedFluxes {
  n = 0;
  /** [0, 1], ascending. */
  time = new Float64Array(0);
  /** [0, 1] */
  flux = new Float64Array(0);
  /** 1/error in the unit of `flux`. */
  inverseError = new Float64Array(0);
  /** flux/error */
  weightedFlux = new Float64Array(0);
  /** Σ 1/error² */
  weight = 0;
  /** Σ flux/error² */
  weightTimesFlux = 0;
  /** 1/error in units in which Σ 1/error² is 1. */
  relativeWeight = new Float64Array(0);
  /** Flux about its weighted mean, over the error in those units. */
  relativeFlux = new Float64Array(0);
  /** Time of the brightest point. */
  peakTime = 0;
  /** Area under the light curve over its height: how long the event lasts, whatever else was observed. [0.02, 1] */
  width = 0;
  /** First time [d] and duration [d]. */
  firstTime = 0;
  duration = 0;
  /** Faintest flux and range, in the unit of the fluxes given. */
  faintest = 0;
  range = 0;

  /**
   * @param time   n times, strictly ascending, n ≥ 2 [d]
   * @param flux   n fluxes
   * @param error  their errors, > 0
   * @returns      false when all fluxes are equal, or not finite: there is nothing to fit
   */
  set(time: Float64Array, flux: Float64Array, error: Float64Array, n: number): boolean {
    let lowest = flux[0]!;
    let highest = flux[0]!;
    for (let i = 1; i < n; i += 1) {
      if (flux[i]! < lowest) lowest = flux[i]!;
      if (flux[i]! > highest) highest = flux[i]!;
    }
    const range = highest - lowest;
    const duration = time[n - 1]! - time[0]!;
    if (!(range > 0 && duration > 0 && Number.isFinite(range))) return false;
    this.#reserve(n);
    this.n = n;
    this.firstTime = time[0]!;
    this.duration = duration;
    this.faintest = lowest;
    this.range = range;
    for (let i = 0; i < n; i += 1) {
      this.time[i] = (time[i]! - this.firstTime) / duration;
      this.flux[i] = (flux[i]! - lowest) / range;
      this.inverseError[i] = range / error[i]!;
    }
    let area = 0;
    for (let i = 0; i < n; i += 1) {
      if (this.flux[i] === 1) this.peakTime = this.time[i]!;
      if (i > 0) area += 0.5 * (this.flux[i]! + this.flux[i - 1]!) * (this.time[i]! - this.time[i - 1]!);
    }
    this.width = Math.max(0.02, area);
    this.#sumUp();
    return true;
  }

  /**
   * Becomes a coarser copy of another: weighted means of as many neighbours as it takes. Its peak and width stay those
   * of the original.
   *
   * @param most  points of the copy, at most
   */
  condense(from: NormalisedFluxes, most: number): void {
    const group = Math.ceil(from.n / most);
    this.#reserve(most);
    this.firstTime = from.firstTime;
    this.duration = from.duration;
    this.faintest = from.faintest;
    this.range = from.range;
    this.peakTime = from.peakTime;
    this.width = from.width;
    this.n = 0;
    for (let start = 0; start < from.n; start += group) {
      let weight = 0;
      let time = 0;
      let flux = 0;
      for (let i = start; i < Math.min(start + group, from.n); i += 1) {
        const w = from.inverseError[i]! * from.inverseError[i]!;
        weight += w;
        time += w * from.time[i]!;
        flux += w * from.flux[i]!;
      }
      this.time[this.n] = time / weight;
      this.flux[this.n] = flux / weight;
      this.inverseError[this.n] = Math.sqrt(weight);
      this.n += 1;
    }
    this.#sumUp();
  }

  #sumUp(): void {
    let weight = 0;
    let weightTimesFlux = 0;
    for (let i = 0; i < this.n; i += 1) {
      const w = this.inverseError[i]!;
      const y = this.flux[i]! * w;
      this.weightedFlux[i] = y;
      weight += w * w;
      weightTimesFlux += w * y;
    }
    this.weight = weight;
    this.weightTimesFlux = weightTimesFlux;
    const perWeight = 1 / Math.sqrt(weight);
    const mean = weightTimesFlux / weight;
    for (let i = 0; i < this.n; i += 1) {
      const w = this.inverseError[i]! * perWeight;
      this.relativeWeight[i] = w;
      this.relativeFlux[i] = w * (this.flux[i]! - mean);
    }
  }

  #reserve(n: number): void {
    if (this.time.length >= n) return;
    this.time = new Float64Array(n);
    this.flux = new Float64Array(n);
    this.inverseError = new Float64Array(n);
    this.weightedFlux = new Float64Array(n);
    this.relativeWeight = new Float64Array(n);
    this.relativeFlux = new Float64Array(n);
  }
}
