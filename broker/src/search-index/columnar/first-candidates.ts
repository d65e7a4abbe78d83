import type { Candidate, HitOrder } from './hit-order.ts';

/** The first so many candidates under an order, whatever the number that is offered: a heap with the last one on top. */
export class FirstCandidates {
  readonly #limit: number;
  readonly #order: HitOrder;
  readonly #heap: Candidate[] = [];

  constructor(limit: number, order: HitOrder) {
    this.#limit = limit;
    this.#order = order;
  }

  /** A candidate whose first key is above this is none. */
  get threshold(): number {
    return this.#heap.length < this.#limit ? Number.POSITIVE_INFINITY : this.#heap[0]!.first;
  }

  offer(candidate: Candidate): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(candidate);
      this.#rise(heap.length - 1);
    } else if (this.#limit > 0 && this.#order.compare(candidate, heap[0]!) < 0) {
      heap[0] = candidate;
      this.#sink();
    }
  }

  /** All that were kept, the first first. */
  toSorted(): Candidate[] {
    return [...this.#heap].sort((a, b) => this.#order.compare(a, b));
  }

  #rise(from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#order.compare(heap[at]!, heap[parent]!) <= 0) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const later = right < heap.length && this.#order.compare(heap[right]!, heap[left]!) > 0 ? right : left;
      if (this.#order.compare(heap[later]!, heap[at]!) <= 0) return;
      [heap[at], heap[later]] = [heap[later]!, heap[at]!];
      at = later;
    }
  }
}
