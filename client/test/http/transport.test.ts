import { describe, expect, it } from 'vitest';
import { AntaresClient, type AntaresClientOptions } from '../../src/antares-client.ts';
import { query } from '../../src/query/query.ts';
import { collect } from '../collect.ts';
import { sendError, sendJson, startServer } from '../in-process-server.ts';

const STATISTICS = { data: { type: 'statistics', id: '1', attributes: { tags: { a: 1 } } } };

function clientOf(baseUrl: string, options: Partial<AntaresClientOptions> = {}): AntaresClient {
  return new AntaresClient({ baseUrl, retry: { firstDelayMs: 1 }, ...options });
}

describe('a request that fails for a passing reason', () => {
  for (const status of [429, 502, 503, 504]) {
    it(`is made again after a ${status}`, async () => {
      const server = await startServer((_, response) => {
        if (server.requests.length < 3) sendError(response, status, 'BUSY', 'later', { 'retry-after': '0' });
        else sendJson(response, STATISTICS);
      });
      expect(await clientOf(server.url).tags()).toEqual([{ name: 'a', loci: 1 }]);
      expect(server.requests).toHaveLength(3);
    });
  }

  it('is made again when the connection is dropped: before, and in the middle of the answer', async () => {
    const server = await startServer((_, response) => {
      if (server.requests.length === 1) response.destroy();
      else if (server.requests.length === 2) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"data":');
        setTimeout(() => response.destroy(), 20);
      } else sendJson(response, STATISTICS);
    });
    expect(await clientOf(server.url).tags()).toEqual([{ name: 'a', loci: 1 }]);
    expect(server.requests).toHaveLength(3);
  });

  it('also where the question is a body', async () => {
    const server = await startServer((_, response) => {
      if (server.requests.length === 1) sendError(response, 503, 'BUSY', 'later');
      else sendJson(response, { total: 7, loci: [], aggregations: {} });
    });
    expect(await clientOf(server.url).loci.count(query.all())).toBe(7);
    expect(server.requests[0]?.body).toBe(server.requests[1]?.body);
  });

  it('is given up when the server asks for longer than we wait, and the error says for how long', async () => {
    const server = await startServer((_, response) =>
      sendError(response, 429, 'TOO_MANY', 'later', { 'retry-after': '3600' }),
    );
    await expect(clientOf(server.url).tags()).rejects.toMatchObject({
      code: 'TOO_MANY',
      status: 429,
      retryAfterMs: 3_600_000,
      message: '/v1/loci/statistics: later',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is given up after as many tries as were allowed', async () => {
    const server = await startServer((_, response) => sendError(response, 503, 'BUSY', 'later'));
    await expect(clientOf(server.url, { retry: { retries: 2, firstDelayMs: 1 } }).tags()).rejects.toMatchObject({
      code: 'BUSY',
    });
    expect(server.requests).toHaveLength(3);
  });
});

describe('an answer that says no', () => {
  it('is an error with the code and the words of the server, and is not asked for again', async () => {
    const server = await startServer((_, response) =>
      sendError(response, 400, 'QUERY_FIELD_UNKNOWN', 'there is no field x'),
    );
    await expect(collect(clientOf(server.url).loci.search(query.exists('x')))).rejects.toMatchObject({
      name: 'AntaresError',
      code: 'QUERY_FIELD_UNKNOWN',
      status: 400,
      message: '/api/search: there is no field x',
      errors: [{ status: 400, title: 'No', detail: 'there is no field x', code: 'QUERY_FIELD_UNKNOWN' }],
    });
    expect(server.requests).toHaveLength(1);
  });

  it('has a code by its status where the server gives none, or is no Antares at all', async () => {
    const server = await startServer(({ url }, response) => {
      if (url.pathname.endsWith('statistics')) sendJson(response, '<html>nginx</html>', 403);
      else
        sendJson(
          response,
          { errors: [{ status: '404', title: '404 NOT FOUND', detail: 'The requested URL was not found.' }] },
          404,
        );
    });
    await expect(clientOf(server.url).tags()).rejects.toMatchObject({ code: 'HTTP_403', status: 403, errors: [] });
    await expect(clientOf(server.url).loci.get('ANT1')).rejects.toMatchObject({
      code: 'HTTP_404',
      errors: [{ status: 404 }],
    });
  });

  it('of a broker that is not well is still an answer', async () => {
    const server = await startServer((_, response) => sendJson(response, { status: 'failing' }, 503));
    expect(await clientOf(server.url).operations.health()).toEqual({ isHealthy: false, report: { status: 'failing' } });
    expect(server.requests).toHaveLength(1);
  });
});

describe('an answer that cannot be read', () => {
  for (const [title, body, code] of [
    ['is no JSON', '<html>', 'ANSWER_MALFORMED'],
    ['is empty', '', 'ANSWER_MALFORMED'],
    ['was cut short', '{"data":{"id":9007199254740993', 'ANSWER_MALFORMED'],
    ['is JSON of something else', '{"data":[]}', 'ANSWER_UNEXPECTED'],
    ['is a list', '[]', 'ANSWER_UNEXPECTED'],
  ] as const) {
    it(`is an error when it ${title}`, async () => {
      const server = await startServer((_, response) => sendJson(response, body));
      await expect(clientOf(server.url).tags()).rejects.toMatchObject({ name: 'AntaresError', code });
      expect(server.requests).toHaveLength(1);
    });
  }
});

describe('an answer that does not come', () => {
  it('is an error after the time-out: nothing at all, or half of it', async () => {
    const server = await startServer(({ url }, response) => {
      if (!url.pathname.endsWith('statistics')) response.writeHead(200).write('{');
    });
    const client = clientOf(server.url, { timeoutMs: 50 });
    await expect(client.tags()).rejects.toMatchObject({
      code: 'REQUEST_TIMED_OUT',
      message: expect.stringContaining('50 ms'),
    });
    await expect(client.loci.get('ANT1')).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' });
  });

  it('is an error that names the server when nobody is there', async () => {
    const server = await startServer(() => undefined);
    await server.shut();
    await expect(clientOf(server.url).tags()).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining(new URL(server.url).host),
    });
  });

  it('is not waited for when the signal says stop: before, meanwhile, and between tries', async () => {
    const server = await startServer(({ url }, response) => {
      if (url.pathname.endsWith('alerts')) sendError(response, 503, 'BUSY', 'later', { 'retry-after': '20' });
    });
    const client = clientOf(server.url);
    await expect(client.tags({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    expect(server.requests).toHaveLength(0);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('meanwhile')), 50);
    const { signal } = controller;
    await Promise.all([
      expect(client.tags({ signal })).rejects.toThrow('meanwhile'),
      expect(client.loci.alerts('ANT1', { signal })).rejects.toThrow('meanwhile'),
    ]);
  });
});

describe('the token', () => {
  it('goes to the server, and to nobody else', async () => {
    const elsewhere = await startServer((_, response) => response.end('image'));
    const server = await startServer(({ url }, response) => {
      const attributes = {
        filename: 'a.png',
        filemime: 'image/png',
        src: `${elsewhere.url}/a.png`,
        thumbnail_type: 'science',
      };
      if (url.pathname.endsWith('thumbnails'))
        sendJson(response, { data: [{ type: 'alert_thumbnail', id: 'a', attributes }] });
    });
    const { alerts } = clientOf(server.url, { token: 'secret' });
    const [thumbnail] = await alerts.thumbnails('ztf_candidate:1');
    expect(thumbnail).toMatchObject({ kind: 'science', fileName: 'a.png', mimeType: 'image/png' });
    expect(new TextDecoder().decode((await alerts.thumbnailImage(thumbnail!))?.bytes)).toBe('image');
    expect(server.requests[0]?.url.pathname).toBe('/v1/alerts/ztf_candidate:1/thumbnails');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret']);
    expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('is in no error', async () => {
    const server = await startServer((_, response) => response.destroy());
    const error = await clientOf(server.url, { token: 'very-secret', retry: { retries: 0 } })
      .tags()
      .catch((e: unknown) => e);
    expect(JSON.stringify(error) + String(error) + (error as Error).stack).not.toContain('very-secret');
    for (const token of ['', 'a b', 'a\nb']) expect(() => clientOf(server.url, { token })).toThrow(TypeError);
  });
});

describe('the address', () => {
  it('may have /v1/ at its end, as the Python client has it, a path, and any number of slashes', async () => {
    const server = await startServer((_, response) => sendJson(response, STATISTICS));
    for (const end of ['', '/', '/v1/', '/v1', '/v2/', '/api', '/behind/proxy/v1/'])
      await clientOf(server.url + end).tags();
    const paths = server.requests.map(({ url }) => url.pathname);
    expect(paths).toEqual([...Array(6).fill('/v1/loci/statistics'), '/behind/proxy/v1/loci/statistics']);
  });

  it('with a password is refused, without repeating it', () => {
    expect(() => clientOf('http://me:hunter2@localhost/')).toThrow(/^(?!.*hunter2).*$/);
    for (const wrong of ['', 'localhost:8080', 'ftp://localhost/', 'file:///etc'])
      expect(() => clientOf(wrong)).toThrow(TypeError);
  });
});
