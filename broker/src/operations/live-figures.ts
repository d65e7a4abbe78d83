import type { CatalogRegistry } from '../catalogs/catalog-registry.ts';
import { readCatalogRegistry } from '../catalogs/catalog-registry.ts';
import { streamMessageToJson } from '../pipeline/stream-message.ts';
import { streamOfTopic } from '../streams/topic-name.ts';
import type { Broker } from './broker.ts';
import { packageVersions } from './package-versions.ts';
import type { LiveStatus, RecentLocus } from './status-page.ts';

/** Over how long the rate is taken. */
const RATE_WINDOW_MS = 5_000;
const RECENT_LOCI = 12;

/** Figures of a running broker, over time: for the status page and the line on the terminal. */
export class LiveFigures {
  readonly #broker: Broker;
  readonly #startedAt = new Date();
  readonly #samples: { readonly at: number; readonly received: number }[] = [];
  stalled: LiveStatus['stalled'] = null;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** Alerts a second over the last seconds. Call it now and then: it keeps the samples. */
  rate(): number {
    const now = performance.now();
    this.#samples.push({ at: now, received: this.#broker.totals.received });
    while (this.#samples.length > 2 && now - this.#samples[1]!.at > RATE_WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0]!;
    return now === first.at ? 0 : (1000 * (this.#broker.totals.received - first.received)) / (now - first.at);
  }

  /** One line for the terminal. */
  line(): string {
    const { received, stored, duplicate, rejected, lociCreated, newTags } = this.#broker.totals;
    const tags = Object.values(newTags).reduce((sum, count) => sum + count, 0);
    const p50 = this.#broker.latency.percentile(0.5);
    return [
      `${received} alerts (${Math.round(this.rate())}/s)`,
      `${stored} stored, ${duplicate} duplicate, ${rejected} rejected`,
      `${lociCreated} new loci, ${tags} tags`,
      Number.isNaN(p50) ? 'no latency yet' : `latency ${p50.toFixed(0)} ms median`,
    ].join(' · ');
  }

  /** Everything that the status page shows. */
  async status(): Promise<LiveStatus> {
    const { store, totals, latency, disabledFilters } = this.#broker;
    const [{ loci, alerts }, registry, recent] = await Promise.all([
      store.totals(),
      readCatalogRegistry(store),
      this.#recent(),
    ]);
    return {
      version: packageVersions()['antares'] ?? '',
      startedAt: this.#startedAt.toISOString(),
      totals,
      rate: this.rate(),
      latencyMs:
        latency.count === 0 ? null : { p50: latency.percentile(0.5), p99: latency.percentile(0.99), max: latency.max },
      loci,
      alerts,
      catalogs: listsOf(registry),
      filtersOff: disabledFilters,
      stalled: this.stalled,
      recent,
    };
  }

  /** The latest loci on streams: what the broker has told the world. */
  async #recent(): Promise<RecentLocus[]> {
    const { streams } = this.#broker;
    const latest = new Map<string, RecentLocus & { readonly at: number }>();
    for (const topic of await streams.listTopics()) {
      if (streamOfTopic(topic) === undefined) continue;
      const end = await streams.endOffset(topic);
      const start = await streams.startOffset(topic);
      const from = end - BigInt(RECENT_LOCI) > start ? end - BigInt(RECENT_LOCI) : start;
      for (const { value, timestampMs } of (await streams.read(topic, from, RECENT_LOCI)).records) {
        const { locus_id, ra, dec, tags, num_alerts } = streamMessageToJson(value) as {
          locus_id: string;
          ra: number;
          dec: number;
          tags: string[];
          num_alerts: number;
        };
        const known = latest.get(locus_id);
        if (known !== undefined && known.at > timestampMs) continue;
        latest.set(locus_id, { locusId: locus_id, ra, dec, tags, numAlerts: num_alerts, at: timestampMs });
      }
    }
    return [...latest.values()].sort((a, b) => b.at - a.at).slice(0, RECENT_LOCI);
  }
}

function listsOf({ lists }: CatalogRegistry): LiveStatus['catalogs'] {
  return lists.map(({ name, kind, rows }) => ({ name, kind, rows }));
}
