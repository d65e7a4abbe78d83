import { describe, expect, it } from 'vitest';
import { AntaresClient } from '../src/antares-client.ts';
import { collect } from './collect.ts';
import { sendError, sendJson, startServer } from './in-process-server.ts';

describe('the operations of a broker', () => {
  it('a ledger has what became of all packets', async () => {
    const line = {
      ...{ source: 'ztf', night: '2026-07-03', received: 10, stored: 7, duplicate: 2, rejected: 1 },
      reasons: { PACKET_TRUNCATED: 1 },
    };
    const server = await startServer((_, response) => sendJson(response, { total: {}, lines: [line] }));
    const [first] = await new AntaresClient({ baseUrl: server.url }).operations.ledger('night');
    expect(first).toEqual({ ...line, survey: undefined, visit: undefined });
    expect(server.requests[0]?.url.search).toBe('?by=night');
  });

  it('rejections come from all pages', async () => {
    const server = await startServer(({ url }, response) => {
      const page = Number(url.searchParams.get('after') ?? 0);
      const rejection = { id: `r${page}`, source: 's', name: 'p.avro', reason: 'PACKET_TRUNCATED', message: 'short' };
      sendJson(response, { rejections: [rejection], next: page < 2 ? String(page + 1) : undefined });
    });
    const rejections = await collect(new AntaresClient({ baseUrl: server.url }).operations.rejections());
    expect(rejections.map(({ id, reason }) => `${id} ${reason}`)).toEqual(
      [0, 1, 2].map((page) => `r${page} PACKET_TRUNCATED`),
    );
  });

  it('a token tells whom it belongs to, and one that is no longer good is an error', async () => {
    const server = await startServer(({ headers }, response) => {
      if (headers.authorization === 'Bearer good') sendJson(response, { id: '1', username: 'jane', role: 'staff' });
      else sendError(response, 401, 'TOKEN_UNKNOWN', 'sign in');
    });
    const me = (token: string): Promise<unknown> => new AntaresClient({ baseUrl: server.url, token }).operations.me();
    expect(await me('good')).toEqual({ id: '1', username: 'jane', name: undefined, email: undefined, role: 'staff' });
    await expect(me('bad')).rejects.toMatchObject({ status: 401, code: 'TOKEN_UNKNOWN' });
  });
});
