import { connect } from 'node:net';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { groups } from '../../src/api/groups.ts';
import type { Route } from '../../src/api/route.ts';
import { type ServerUnderTest, serverUnderTest } from './server-under-test.ts';

const SEED = 20261126;
const JSON_TYPE = { 'content-type': 'application/json' };

interface ErrorAnswer {
  readonly errors: readonly { status: number; title: string; detail: string; code: string }[];
}

/** Something of ours that no answer may show. */
const LEAK = /node_modules|\.[tj]s:\d|\bat (async )?\w+ \(|antares-test-|\/broker\//;

describe('the whole server', () => {
  let api: ServerUnderTest;
  let base: string;
  let routes: { readonly address: string; readonly route: Route }[];

  beforeAll(async () => {
    api = await serverUnderTest();
    base = await api.listen();
    routes = groups(api.context).flatMap(({ prefix, routes: own }) =>
      own.map((route) => ({ address: `${prefix}${route.url}`, route })),
    );
  });
  afterAll(() => api.close());
  afterEach(() => expect(api.faults.splice(0)).toEqual([]));

  /** Sends bytes as they are. @returns all that comes back until the connection ends */
  function raw(text: string): Promise<string> {
    const { port, hostname } = new URL(base);
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(text));
      let got = '';
      socket.on('data', (piece) => {
        got += piece.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(got));
    });
  }

  async function refusal(path: string, init: RequestInit = {}): Promise<ErrorAnswer['errors'][number]> {
    const answer = await fetch(base + path, init);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(text).not.toMatch(LEAK);
    const { errors } = JSON.parse(text) as ErrorAnswer;
    expect(errors.length).toBe(1);
    expect(errors[0]).toEqual({
      status: answer.status,
      title: expect.any(String),
      detail: expect.any(String),
      code: expect.stringMatching(/^[A-Z0-9_]+$/),
    });
    return errors[0]!;
  }

  const post = (body: string, type = 'application/json'): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  const nested = (depth: number): string =>
    `{"query":${'{"bool":{"must":['.repeat(depth)}{"match_all":{}}${']}}'.repeat(depth)}}`;

  it.each([
    ['JSON that breaks off', post('{"query":'), 400, 'REQUEST_INVALID_JSON_BODY'],
    ['an empty body', post(''), 400, 'REQUEST_EMPTY_JSON_BODY'],
    ['text for JSON', post('{}', 'text/plain'), 400, 'REQUEST_INVALID'],
    ['XML', post('<x/>', 'application/xml'), 415, 'REQUEST_INVALID_MEDIA_TYPE'],
    ['a form', post('a=b', 'application/x-www-form-urlencoded'), 415, 'REQUEST_INVALID_MEDIA_TYPE'],
    ['a prototype', post('{"__proto__":{"role":"admin"}}'), 400, 'REQUEST_INVALID_JSON_BODY'],
    ['a prototype within', post('{"query":{"term":{"__proto__":1}}}'), 400, 'REQUEST_INVALID_JSON_BODY'],
    ['a constructor', post('{"constructor":{"prototype":{"a":1}}}'), 400, 'REQUEST_INVALID_JSON_BODY'],
    ['a field called __proto__', post('{"query":{"term":{"properties.__proto__":1}}}'), 400, 'QUERY_FIELD_UNKNOWN'],
    ['a field called constructor', post('{"query":{"term":{"constructor":1}}}'), 400, 'QUERY_FIELD_UNKNOWN'],
    ['lists in lists in lists', post('['.repeat(200_000)), 400, 'REQUEST_INVALID_JSON_BODY'],
    ['clauses in clauses', post(nested(50)), 400, 'QUERY_TOO_COSTLY'],
    ['clauses in clauses without end', post(nested(5_000)), 400, 'QUERY_INVALID'],
    [
      'a huge list of terms',
      post(JSON.stringify({ query: { terms: { tags: Array.from({ length: 20_000 }, (_, i) => `t${i}`) } } })),
      ...[400, 'QUERY_TOO_COSTLY'],
    ],
    ['a bomb of a regular expression', post('{"query":{"regexp":{"tags":"(a+)+$"}}}'), 400, 'QUERY_CLAUSE_UNKNOWN'],
    [
      'a long wildcard',
      post(JSON.stringify({ query: { wildcard: { tags: '*a'.repeat(500) } } })),
      400,
      'QUERY_TOO_COSTLY',
    ],
    ['a body of two megabytes', post(JSON.stringify({ x: 'a'.repeat(2_000_000) })), 413, 'REQUEST_BODY_TOO_LARGE'],
  ] as const)('refuses %s in a search', async (_what, init, status, code) => {
    expect(await refusal('/api/search', init)).toMatchObject({ status, code });
  });

  it.each([
    ['/nowhere', 404, 'NOT_FOUND'],
    ['/api', 404, 'NOT_FOUND'],
    ['/.git/config', 404, 'NOT_FOUND'],
    ['/api/loci/..%2f..%2fetc%2fpasswd', 404, 'LOCUS_UNKNOWN'],
    ['/api/loci/a%00b', 404, 'LOCUS_UNKNOWN'],
    ['/api/loci/%zz', 400, 'REQUEST_ADDRESS_INVALID'],
    ['/api/loci/%c0%ae%c0%ae', 400, 'REQUEST_ADDRESS_INVALID'],
    [`/api/loci/${'a'.repeat(5_000)}`, 414, 'REQUEST_ADDRESS_TOO_LONG'],
    ['/docs/static/..%2f..%2f..%2fpackage.json', 403, 'REQUEST_REFUSED'],
    ['/docs/static/nothing.js', 404, 'NOT_FOUND'],
    ['/api/provenance/..%2f..%2fx', 404, 'PROVENANCE_UNKNOWN'],
    ['/v1/alerts/..%2f..%2fx', 404, expect.any(String)],
    ['/v1/alerts/lsst:1/thumbnails/..%2f..%2fx.png', 404, expect.any(String)],
    ['/v1/loci?page[limit]=-1', 400, 'REQUEST_INVALID'],
    [`/v1/loci?elasticsearch_query[locus_listing]=${encodeURIComponent('{"query":')}`, 400, 'QUERY_INVALID'],
    ['/api/ledger?by=__proto__', 400, 'REQUEST_INVALID'],
    ['/api/streams/everything?limit=1e9', 400, 'REQUEST_INVALID'],
  ])('answers GET %s with %d', async (path, status, code) => {
    expect(await refusal(path)).toMatchObject({ status, code });
  });

  it.each([
    ['a bearer that is no token', { authorization: 'Bearer x' }],
    ['a token that nobody has', { authorization: `Bearer ant_${'A'.repeat(43)}` }],
    ['a password', { authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['half a header', { authorization: 'Bearer' }],
  ])('refuses %s, also where reading is open', async (_what, headers) => {
    expect(await refusal('/api/version', { headers })).toMatchObject({ status: 401 });
  });

  it('treats a session that nobody has as nobody', async () => {
    const headers = { cookie: 'antares_session=zzz; other=../../x' };
    expect((await fetch(`${base}/api/version`, { headers })).status).toBe(200);
    expect(await refusal('/api/me', { headers })).toMatchObject({ status: 401 });
  });

  it.each([
    ['no HTTP', 'GARBAGE\r\n\r\n', 400, 'REQUEST_MALFORMED'],
    ['a method that there is not', 'BREW /api/version HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'REQUEST_MALFORMED'],
    ['a NUL in the address', 'GET /api/loci/a\0b HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'REQUEST_MALFORMED'],
    [
      'two lengths at once',
      'POST /api/search HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ...[400, 'REQUEST_MALFORMED'],
    ],
    [
      'huge headers',
      `GET /api/version HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(300_000)}\r\n\r\n`,
      ...[431, 'REQUEST_HEADERS_TOO_LARGE'],
    ],
    [
      'a length beyond the limit, before the body has come',
      'POST /api/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{',
      ...[413, 'REQUEST_BODY_TOO_LARGE'],
    ],
    [
      'a way out of the root',
      'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      404,
      'NOT_FOUND',
    ],
  ] as const)('answers %s with JSON, and ends the connection', async (_what, text, status, code) => {
    const answer = await raw(text);
    const [head, body] = answer.split('\r\n\r\n') as [string, string];
    expect(head.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(JSON.parse(body)).toMatchObject({ errors: [{ status, code }] });
    expect(answer).not.toMatch(LEAK);
  });

  it('does not wait for ever for a body that trickles in', async () => {
    const { requestTimeout, headersTimeout } = api.app.server;
    Object.assign(api.app.server, { requestTimeout: 100, headersTimeout: 100 });
    try {
      const head =
        'POST /api/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n';
      expect(await raw(`${head}{"query"`)).toContain('REQUEST_TIMEOUT');
    } finally {
      Object.assign(api.app.server, { requestTimeout, headersTimeout });
    }
  });

  it('says which methods an address has', async () => {
    for (const [method, path, allow] of [
      ['GET', '/api/search', 'OPTIONS, POST'],
      ['POST', '/api/fields', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/v1//loci/ANT2020so7ia/', 'GET, HEAD, OPTIONS'],
      ['PUT', '/api/loci/x/lightcurve.csv?a=b', 'GET, HEAD, OPTIONS'],
      ['PROPFIND', '/api/session', 'DELETE, OPTIONS, POST'],
    ] as const) {
      const answer = await fetch(base + path, { method });
      expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allow]);
      expect(await answer.json()).toMatchObject({ errors: [{ status: 405, code: 'METHOD_NOT_ALLOWED' }] });
    }
  });

  it('answers HEAD as GET, without a body', async () => {
    const [head, get] = await Promise.all([
      fetch(`${base}/api/version`, { method: 'HEAD' }),
      fetch(`${base}/api/version`),
    ]);
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    expect(await head.text()).toBe('');
  });

  it('lets pages of any origin read, and never with cookies', async () => {
    const asked = { origin: 'https://portal.example.org', 'access-control-request-method': 'POST' };
    const answer = await fetch(`${base}/api/search`, { method: 'OPTIONS', headers: asked });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, OPTIONS');
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
    expect((await fetch(`${base}/api/search`, { method: 'OPTIONS' })).status).toBe(204);
  });

  it('every answer says to browsers that nothing may be loaded, framed or guessed', async () => {
    for (const path of [
      '/api/version',
      '/nowhere',
      '/api/loci/%zz',
      '/v1/loci',
      '/vo/scs',
      '/metrics',
      '/openapi.json',
      '/docs',
    ]) {
      const { headers } = await fetch(base + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.has('x-powered-by')).toBe(false);
      expect(headers.has('server')).toBe(false);
    }
  });

  it('no route falls over whatever stands in its address', async () => {
    const nasty = [
      '..',
      '%2e%2e%2f',
      '%00',
      "'",
      '"',
      '<script>',
      '__proto__',
      'constructor',
      '-1',
      '1e400',
      'NaN',
      '💥',
      'ANT2020so7ia',
      'a'.repeat(900),
      '$(id)',
      '%0d%0aset-cookie:%20a=b',
      'ztf_candidate:99999999999999999999',
      'lsst:-1',
    ];
    for (const { address, route } of routes) {
      if (route.access !== 'anyone') continue;
      for (const value of nasty) {
        const path = address.replace(/:\w+/g, encodeURI(value).replace(/%25/g, '%'));
        if (address === '/api/events' || path.includes('..') || !path.startsWith('/')) continue;
        const query = route.method === 'GET' && address !== '/vo/scs' ? `?${encodeURIComponent(value)}=1` : '';
        const answer = await api.app.inject({
          method: route.method,
          url: `${path}${query}`,
          ...(route.method === 'GET' ? {} : { headers: JSON_TYPE, payload: '{}' }),
        });
        expect([path, answer.statusCode !== 500, answer.body.match(LEAK)]).toEqual([path, true, null]);
        expect(String(answer.headers['set-cookie'])).not.toContain('a=b');
        if (answer.statusCode >= 400) expect((answer.json() as ErrorAnswer).errors[0]!.status).toBe(answer.statusCode);
      }
    }
  });

  it(`no search and no look-up falls over whatever stands in its body (seed ${SEED})`, async () => {
    const clause = fc.letrec((tie) => ({
      query: fc.oneof(
        { maxDepth: 4 },
        fc.json().map((text) => JSON.parse(text) as unknown),
        fc.dictionary(
          fc.constantFrom(
            'bool',
            'term',
            'terms',
            'range',
            'match',
            'exists',
            'prefix',
            'wildcard',
            'ids',
            'query_string',
            'sky_distance',
            'function_score',
          ),
          fc.oneof(tie('query'), fc.jsonValue()),
          { maxKeys: 2 },
        ),
        fc.record({
          bool: fc.dictionary(
            fc.constantFrom('must', 'filter', 'should', 'must_not', 'x'),
            fc.oneof(tie('query'), fc.array(tie('query'), { maxLength: 3 })),
            { maxKeys: 3 },
          ),
        }),
      ),
    })).query;
    const body = fc.oneof(
      fc.record(
        {
          query: clause,
          sort: fc.jsonValue(),
          from: fc.jsonValue(),
          size: fc.jsonValue(),
          aggs: fc.jsonValue(),
          search_after: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      fc.record({ ids: fc.jsonValue(), cones: fc.jsonValue(), ztf_object_ids: fc.jsonValue() }, { requiredKeys: [] }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/api/search', '/api/loci/lookup'), body, async (url, payload) => {
        const answer = await api.app.inject({
          method: 'POST',
          url,
          headers: JSON_TYPE,
          payload: JSON.stringify(payload),
        });
        expect(answer.statusCode).toBeLessThan(500);
        expect(answer.body).not.toMatch(LEAK);
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('what is not open to anyone is closed to nobody in particular', async () => {
    const closed = routes.filter(({ route }) => route.access !== 'anyone');
    expect(closed.length).toBeGreaterThan(5);
    for (const { address, route } of closed) {
      const answer = await api.app.inject({ method: route.method, url: address.replace(/:\w+/g, 'x') });
      expect([route.method, address, answer.statusCode]).toEqual([route.method, address, 401]);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  it('writing is open to nobody but for signing in', () => {
    const open = routes.filter(({ route }) => route.access === 'anyone' && route.method !== 'GET');
    expect(open.map(({ address, route }) => `${route.method} ${address}`).sort()).toEqual([
      'DELETE /api/session',
      'POST /api/loci/lookup',
      'POST /api/search',
      'POST /api/session',
    ]);
  });
});

describe('limits', () => {
  let api: ServerUnderTest;
  afterEach(() => api.close());

  it('calls beyond the limit are told when to come back', async () => {
    api = await serverUnderTest({ http: { rateLimitFactor: 0.1 } });
    const lookUp = (): ReturnType<FastifyInstance['inject']> =>
      api.app.inject({
        method: 'POST',
        url: '/api/loci/lookup',
        headers: JSON_TYPE,
        payload: '{"ids":["x"]}',
      }) as never;
    const statuses: number[] = [];
    for (let i = 0; i < 13; i += 1) statuses.push((await lookUp()).statusCode);
    expect(statuses).toEqual([...Array<number>(12).fill(200), 429]);
    const refused = await lookUp();
    expect(refused.json()).toMatchObject({ errors: [{ status: 429, code: 'RATE_LIMITED' }] });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // What is cheap is counted by itself.
    expect((await api.app.inject('/api/version')).statusCode).toBe(200);
  });

  it('one address does not use up the calls of another, and cannot give itself another', async () => {
    api = await serverUnderTest({ http: { rateLimitFactor: 0.01 } });
    const call = async (remoteAddress: string, headers: Record<string, string> = {}): Promise<number> =>
      (await api.app.inject({ url: '/api/fields', remoteAddress, headers })).statusCode;
    for (let i = 0; i < 12; i += 1) expect(await call('192.0.2.1')).toBe(200);
    expect(await call('192.0.2.1')).toBe(429);
    expect(await call('192.0.2.1', { 'x-forwarded-for': '198.51.100.7' })).toBe(429);
    expect(await call('192.0.2.2')).toBe(200);
  });

  it('behind a trusted proxy, callers are told apart', async () => {
    api = await serverUnderTest({ http: { rateLimitFactor: 0.01, trustedProxies: ['192.0.2.1'] } });
    const call = async (forwarded: string): Promise<number> =>
      (
        await api.app.inject({
          ...{ url: '/api/fields', remoteAddress: '192.0.2.1' },
          headers: { 'x-forwarded-for': forwarded },
        })
      ).statusCode;
    for (let i = 0; i < 12; i += 1) expect(await call('198.51.100.7')).toBe(200);
    expect(await call('198.51.100.7')).toBe(429);
    expect(await call('198.51.100.8')).toBe(200);
  });

  it('an answer that takes too long is given up with a reason', async () => {
    api = await serverUnderTest({
      change: (context) => ({
        ...context,
        index: new Proxy(context.index, {
          get: (index, name) =>
            name === 'search' ? () => new Promise(() => undefined) : (Reflect.get(index, name, index) as unknown),
        }),
      }),
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const answering = api.app.inject({ method: 'POST', url: '/api/search', headers: JSON_TYPE, payload: '{}' });
      let answer: Awaited<typeof answering> | undefined;
      void answering.then((given) => {
        answer = given;
      });
      while (answer === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        vi.advanceTimersByTime(1_000);
      }
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ errors: [{ code: 'TIME_LIMIT' }] });
    } finally {
      vi.useRealTimers();
    }
  });

  it('a fault of ours is noted, and not told', async () => {
    api = await serverUnderTest({
      change: (context) => ({
        ...context,
        catalogs: () => {
          throw new Error('the password of /secret/place is 1234');
        },
      }),
    });
    const answer = await api.app.inject('/api/catalogs');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({
      errors: [
        {
          ...{ status: 500, title: '500 Internal Server Error', code: 'UNEXPECTED' },
          detail: 'The server encountered a problem.',
        },
      ],
    });
    expect(api.faults.length).toBe(1);
  });
});
