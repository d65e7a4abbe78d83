import type { AlertStore } from '../alert-store/alert-store.ts';

const DOCUMENT = 'filter-states';

/** Why a filter is off. */
export interface FilterState {
  readonly disabledBy: string;
  /** [Unix seconds] */
  readonly at: number;
}

/** Which filters are off, kept over restarts: a filter that crashed stays off until somebody switches it on again. */
export class FilterStates {
  readonly #store: AlertStore;
  #states: Record<string, FilterState>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: AlertStore, states: Record<string, FilterState>) {
    this.#store = store;
    this.#states = states;
  }

  static async open(store: AlertStore): Promise<FilterStates> {
    const text = await store.getDocument(DOCUMENT);
    return new FilterStates(store, text === undefined ? {} : (JSON.parse(text) as Record<string, FilterState>));
  }

  /** Names of the filters that are off. */
  get disabled(): string[] {
    return Object.keys(this.#states).sort();
  }

  /** @param disabledBy  crash log id, or who said so */
  disable(filter: string, disabledBy: string): Promise<void> {
    if (this.#states[filter] !== undefined) return this.#writing;
    this.#states = { ...this.#states, [filter]: { disabledBy, at: Math.floor(Date.now() / 1000) } };
    return this.#write();
  }

  enable(filter: string): Promise<void> {
    const { [filter]: _off, ...rest } = this.#states;
    this.#states = rest;
    return this.#write();
  }

  #write(): Promise<void> {
    const text = JSON.stringify(this.#states);
    this.#writing = this.#writing.then(() => this.#store.putDocument(DOCUMENT, text));
    return this.#writing;
  }
}
