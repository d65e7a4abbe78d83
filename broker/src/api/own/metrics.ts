import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { CHANGED_LOCI, topicOfStream } from '../../streams/topic-name.ts';
import type { ApiContext } from '../api-context.ts';

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of the route, never the address; undefined where there is no route. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Figures for Prometheus.
 *
 * No label comes from what a caller sends: routes are patterns, methods those that there are, streams those that are
 * configured. What is counted elsewhere is read when somebody asks; a part that cannot be read is left out, and
 * `antares_metrics_unreadable` says so.
 */
export class ApiMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #durations: Histogram<'route'>;
  readonly #followers: Gauge;
  readonly #collectors: readonly (() => Promise<void>)[];
  readonly #unreadable: Gauge;

  constructor(context: ApiContext) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'antares_http_requests_total',
      help: 'Requests answered',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'antares_http_request_duration_seconds',
      help: 'From the head of a request to the end of its answer',
      labelNames: ['route'],
      buckets: DURATION_BUCKETS,
      registers,
    });
    this.#followers = new Gauge({
      name: 'antares_event_followers',
      help: 'Open connections that follow events',
      registers,
    });
    this.#unreadable = new Gauge({
      name: 'antares_metrics_unreadable',
      help: 'Parts of these metrics that could not be read this time',
      registers,
    });
    this.#collectors = [
      this.#storeCollector(context),
      this.#indexCollector(context),
      this.#streamCollector(context),
      this.#liveCollector(context),
      this.#processCollector(),
    ];
    new Gauge({ name: 'antares_build_info', help: 'Always 1', labelNames: ['version'], registers }).set(
      { version: context.version },
      1,
    );
  }

  /** Counts a request. */
  observe({ method, route, status, seconds }: AnsweredRequest): void {
    const name = route ?? 'none';
    this.#requests.inc({ method: METHODS.has(method) ? method : 'other', route: name, status: String(status) });
    this.#durations.observe({ route: name }, seconds);
  }

  /** Notes how many connections follow events. */
  setFollowers(count: number): void {
    this.#followers.set(count);
  }

  /** All figures as text, and its media type. */
  async read(): Promise<{ readonly text: string; readonly type: string }> {
    const results = await Promise.allSettled(this.#collectors.map((collect) => collect()));
    this.#unreadable.set(results.filter(({ status }) => status === 'rejected').length);
    return { text: await this.#registry.metrics(), type: this.#registry.contentType };
  }

  #gauge<Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #storeCollector({ store }: ApiContext): () => Promise<void> {
    const loci = this.#gauge('antares_loci', 'Loci in the store');
    const alerts = this.#gauge('antares_alerts', 'Alerts in the store');
    const packets = this.#gauge('antares_packets', 'Packets in the store');
    return async () => {
      const totals = await store.totals();
      loci.set(totals.loci);
      alerts.set(totals.alerts);
      packets.set(totals.packets);
    };
  }

  #indexCollector({ index, indexing }: ApiContext): () => Promise<void> {
    const documents = this.#gauge('antares_search_index_documents', 'Loci in the search index');
    const behind = this.#gauge('antares_search_index_behind', 'Messages of the feed that the index has not taken in');
    return async () => {
      documents.set(await index.size());
      const status = indexing?.();
      if (status !== undefined) behind.set(status.behind);
    };
  }

  #streamCollector({ config, streams }: ApiContext): () => Promise<void> {
    const end = this.#gauge('antares_stream_end_offset', 'Offset that the next message of a stream gets', ['stream']);
    const names = [...Object.keys(config.streams), CHANGED_LOCI];
    return async () => {
      for (const name of names) end.set({ stream: name }, Number(await streams.endOffset(topicOfStream(name))));
    };
  }

  #liveCollector({ live }: ApiContext): () => Promise<void> {
    if (live === undefined) return () => Promise.resolve();
    const packets = new Counter({
      name: 'antares_packets_total',
      help: 'Packets since the start, by what became of them: received = stored + duplicate + rejected',
      labelNames: ['outcome'],
      registers: [this.#registry],
    });
    const loci = new Counter({
      name: 'antares_loci_created_total',
      help: 'Loci made since the start',
      registers: [this.#registry],
    });
    const rate = this.#gauge('antares_packets_per_second', 'Packets a second, over the last seconds');
    const latency = this.#gauge(
      'antares_alert_latency_seconds',
      'From arrival to durable and published, since the start',
      ['quantile'],
    );
    const stalled = this.#gauge('antares_stalled', '1 while nothing can be taken in');
    const filtersOff = this.#gauge('antares_filters_off', 'Filters that are off');
    return async () => {
      const figures = await live();
      packets.reset();
      for (const outcome of ['received', 'stored', 'duplicate', 'rejected'] as const) {
        packets.inc({ outcome }, figures[outcome]);
      }
      loci.reset();
      loci.inc(figures.lociCreated);
      rate.set(figures.rate);
      stalled.set(figures.stalled === undefined ? 0 : 1);
      filtersOff.set(figures.filtersOff.length);
      if (figures.latencyMs === undefined) return;
      latency.set({ quantile: '0.5' }, figures.latencyMs.p50 / 1000);
      latency.set({ quantile: '0.99' }, figures.latencyMs.p99 / 1000);
      latency.set({ quantile: '1' }, figures.latencyMs.max / 1000);
    };
  }

  #processCollector(): () => Promise<void> {
    const resident = this.#gauge('process_resident_memory_bytes', 'Resident memory of the process');
    const heap = this.#gauge('nodejs_heap_size_used_bytes', 'Used heap of the main thread');
    const external = this.#gauge('nodejs_external_memory_bytes', 'Memory of buffers outside the heap');
    const start = this.#gauge('process_start_time_seconds', 'Start of the process, Unix time');
    const cpu = new Counter({
      name: 'process_cpu_seconds_total',
      help: 'Processor time of the process',
      registers: [this.#registry],
    });
    start.set(Date.now() / 1000 - process.uptime());
    return () => {
      const memory = process.memoryUsage();
      resident.set(memory.rss);
      heap.set(memory.heapUsed);
      external.set(memory.external);
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1e6);
      return Promise.resolve();
    };
  }
}

const METRICS = new WeakMap<ApiContext, ApiMetrics>();

/** The figures of a server: one set for each context, which both the server and the route that shows them know. */
export function metricsOf(context: ApiContext): ApiMetrics {
  let metrics = METRICS.get(context);
  if (metrics === undefined) {
    metrics = new ApiMetrics(context);
    METRICS.set(context, metrics);
  }
  return metrics;
}
