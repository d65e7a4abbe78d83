import { afterEach, describe, expect, it } from 'vitest';
import type { ApiContext } from '../../../src/api/api-context.ts';
import { AntaresError } from '../../../src/model/errors.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';

/** A part of the interface, some calls of which are answered otherwise. */
function instead<T extends object>(part: T, calls: Partial<T>): T {
  return new Proxy(part, {
    get(target, name) {
      const replaced = calls[name as keyof T];
      if (replaced !== undefined) return replaced;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('health and figures', () => {
  let api: ServerUnderTest;
  afterEach(() => api.close());

  async function health(
    change?: (context: ApiContext) => ApiContext,
  ): Promise<{ status: number; body: string; parts: Record<string, { ok: boolean; code?: string }> }> {
    api = await serverUnderTest(change === undefined ? {} : { change });
    const answer = await api.app.inject('/health');
    return { status: answer.statusCode, body: answer.body, parts: answer.json().parts };
  }

  it('a broker whose parts can all be read is well', async () => {
    const { status, parts } = await health();
    expect(status).toBe(200);
    expect(Object.keys(parts).sort()).toEqual(['index', 'store', 'streams', 'users']);
    expect(Object.values(parts).every(({ ok }) => ok)).toBe(true);
  });

  it('a part that fails makes it unwell, and says its code and nothing more', async () => {
    const { status, parts, body } = await health((context) => ({
      ...context,
      store: instead(context.store, {
        scanLoci: () => Promise.reject(new AntaresError('ALERT_STORE_UNREACHABLE', 'cannot open /secret/place')),
      }),
    }));
    expect(status).toBe(503);
    expect(parts['store']).toMatchObject({ ok: false, code: 'ALERT_STORE_UNREACHABLE' });
    expect(parts['streams']).toMatchObject({ ok: true });
    expect(body).not.toContain('secret');
  });

  it('a part that never answers counts as gone, and does not hold up the answer', async () => {
    const { status, parts } = await health((context) => ({
      ...context,
      index: instead(context.index, { search: () => new Promise<never>(() => undefined) }),
      users: instead(context.users, {
        accounts: instead(context.users.accounts, { find: () => Promise.reject(new Error('x')) }),
      }),
    }));
    expect(status).toBe(503);
    expect(parts['index']).toMatchObject({ ok: false, code: 'TIME_OUT' });
    expect(parts['users']).toMatchObject({ ok: false, code: 'UNEXPECTED' });
  });

  it('the process is alive even where a part is not', async () => {
    await health((context) => ({
      ...context,
      store: instead(context.store, { scanLoci: () => Promise.reject(new Error('x')) }),
    }));
    expect((await api.app.inject('/health/live')).statusCode).toBe(200);
  });

  it('requests are counted by the pattern of their route, never by what callers send', async () => {
    api = await serverUnderTest();
    for (let i = 0; i < 20; i += 1) {
      await api.app.inject(`/api/loci/ANT2026made${i}up`);
      await api.app.inject(`/nowhere/${i}`);
    }
    await api.app.inject('/api/loci/ANT2026a?x=secret');
    const { body, headers } = await api.app.inject('/metrics');
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(body).toContain('antares_http_requests_total{method="GET",route="/api/loci/:id",status="404"} 20');
    expect(body).toContain('antares_http_requests_total{method="GET",route="/api/loci/:id",status="400"} 1');
    expect(body).toContain('antares_http_requests_total{method="GET",route="none",status="404"} 20');
    expect(body).not.toMatch(/made|nowhere|secret/);
  });

  it('figures of the running broker are those that it gives', async () => {
    const live = {
      received: 7,
      stored: 4,
      duplicate: 2,
      rejected: 1,
      lociCreated: 3,
      rate: 1.5,
      filtersOff: ['a', 'b'],
    };
    api = await serverUnderTest({
      live: () => Promise.resolve({ ...live, latencyMs: { p50: 10, p99: 90, max: 100 }, stalled: 'the disk is full' }),
    });
    await api.app.inject('/metrics');
    const { body } = await api.app.inject('/metrics');
    for (const line of [
      'antares_packets_total{outcome="received"} 7',
      'antares_packets_total{outcome="stored"} 4',
      'antares_packets_total{outcome="duplicate"} 2',
      'antares_packets_total{outcome="rejected"} 1',
      'antares_loci_created_total 3',
      'antares_packets_per_second 1.5',
      'antares_alert_latency_seconds{quantile="0.99"} 0.09',
      'antares_stalled 1',
      'antares_filters_off 2',
      'antares_loci 0',
      'antares_search_index_documents 0',
      'antares_search_index_behind 0',
      'antares_stream_end_offset{stream="extragalactic"} 0',
      'antares_metrics_unreadable 0',
      'antares_build_info{version="0.0.0-test"} 1',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
    expect(Number(/^process_resident_memory_bytes (\S+)$/m.exec(body)![1])).toBeGreaterThan(1e6);
  });

  it('a part that cannot be read is left out of the figures, and counted', async () => {
    api = await serverUnderTest({
      change: (context) => ({
        ...context,
        store: instead(context.store, { totals: () => Promise.reject(new Error('gone')) }),
      }),
    });
    const { statusCode, body } = await api.app.inject('/metrics');
    expect(statusCode).toBe(200);
    expect(body).toContain('antares_metrics_unreadable 1\n');
    expect(body).toContain('antares_search_index_documents 0\n');
  });
});
