import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups } from '../../src/api/groups.ts';
import { DOCUMENTATION_ADDRESSES, routesDocument } from '../../src/api/routes-document.ts';
import { type ServerUnderTest, serverUnderTest } from './server-under-test.ts';

interface Operation {
  readonly summary?: string;
  readonly tags?: string[];
  readonly parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, object>;
  readonly security?: object[];
}
interface OpenApi {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { securitySchemes: Record<string, object> };
}

describe('the documentation of the interface', () => {
  let api: ServerUnderTest;
  let openApi: OpenApi;

  beforeAll(async () => {
    api = await serverUnderTest();
    openApi = (await api.app.inject('/openapi.json')).json();
  });
  afterAll(() => api.close());

  /** Method and address of every route that the server really has. */
  function served(): string[] {
    const found: string[] = [];
    // A tree: each line adds to the address of the line above it that is less indented.
    const above: string[] = [];
    for (const line of api.app.printRoutes({ commonPrefix: false }).split('\n')) {
      const match = /^([│├└─\s]*)(\S+) \(([^)]+)\)|^([│├└─\s]*)(\S+)$/.exec(line);
      if (match === null) continue;
      const depth = Math.floor((match[1] ?? match[4])!.length / 4);
      above.length = depth;
      above[depth] = (match[2] ?? match[5])!;
      const address = above.join('');
      for (const method of match[3]?.split(', ') ?? []) {
        if (method !== 'HEAD' && method !== 'OPTIONS') found.push(`${method} ${address}`);
      }
    }
    return found;
  }

  it('the list of routes is current', () => {
    const written = readFileSync(new URL('../../../docs/reference/routes.md', import.meta.url), 'utf8');
    expect(written, 'run: node scripts/list-routes.mjs').toBe(routesDocument(groups(api.context)));
  });

  it('every route that the server has is in the list, and every listed one is there', () => {
    const listed = groups(api.context).flatMap(({ prefix, routes }) =>
      routes.map(({ method, url }) => `${method} ${prefix}${url}`),
    );
    expect(listed.length).toBeGreaterThan(50);
    expect(new Set(listed).size).toBe(listed.length);
    const others = served().filter((route) => !listed.includes(route));
    const isDocumentation = (route: string): boolean =>
      DOCUMENTATION_ADDRESSES.some((address) => route.startsWith(`GET ${address.replace('*', '')}`.replace(/\/$/, '')));
    expect(others.filter((route) => !isDocumentation(route))).toEqual([]);
    for (const { prefix, routes } of groups(api.context)) {
      for (const { method, url } of routes) expect(api.app.hasRoute({ method, url: `${prefix}${url}` })).toBe(true);
    }
  });

  it('every route says who may call it', () => {
    for (const { routes } of groups(api.context)) {
      for (const { access, url } of routes) {
        expect([url, access === 'anyone' || (access.role !== undefined && access.scope !== undefined)]).toEqual([
          url,
          true,
        ]);
      }
    }
  });

  it('OpenAPI describes every route, with its parameters and who may call it', () => {
    expect(openApi.openapi).toBe('3.1.0');
    expect(openApi.info.version).toBe('0.0.0-test');
    for (const { prefix, name, routes } of groups(api.context)) {
      for (const { method, url, access, body, summary } of routes) {
        const path = `${prefix}${url}`.replace(/:(\w+)/g, '{$1}');
        const operation = openApi.paths[path]?.[method.toLowerCase()];
        expect(operation, `${method} ${path}`).toMatchObject({ summary, tags: [name] });
        const inPath = (operation!.parameters ?? []).filter((parameter) => parameter.in === 'path');
        expect(inPath.map((parameter) => parameter.name).sort()).toEqual(
          [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter).sort(),
        );
        expect(inPath.every(({ required }) => required === true)).toBe(true);
        expect(operation!.requestBody === undefined).toBe(body === undefined);
        expect(operation!.security === undefined).toBe(access === 'anyone');
      }
    }
  });

  it('OpenAPI holds together: references lead somewhere, schemes are known, every operation has an answer', () => {
    const text = JSON.stringify(openApi);
    for (const [, reference] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = reference!
        .split('/')
        .reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], openApi);
      expect(target, reference).toBeDefined();
    }
    const schemes = Object.keys(openApi.components.securitySchemes);
    for (const [path, operations] of Object.entries(openApi.paths)) {
      expect(path).toMatch(/^\/[^:*]*$/);
      for (const operation of Object.values(operations)) {
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
        for (const use of operation.security ?? [])
          for (const scheme of Object.keys(use)) expect(schemes).toContain(scheme);
        const names = (operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`);
        expect(new Set(names).size).toBe(names.length);
        for (const parameter of operation.parameters ?? []) expect(parameter.schema).toBeDefined();
      }
    }
  });

  it('the rendered page loads nothing but its own files, and they are there', async () => {
    const page = await api.app.inject('/docs');
    expect(page.statusCode).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    // Nothing inline, which the policy would not let run.
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=/);
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\/static\//);
      expect((await api.app.inject(file)).statusCode).toBe(200);
    }
    expect((await api.app.inject('/docs/json')).json()).toEqual(openApi);
  });
});
