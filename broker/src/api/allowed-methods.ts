import type { RouteGroup } from './route.ts';

/** Which methods an address has, whatever the one that was asked with. */
export class AllowedMethods {
  readonly #routes: readonly { readonly method: string; readonly pattern: RegExp }[];

  constructor(groups: readonly RouteGroup[]) {
    this.#routes = groups.flatMap(({ prefix, routes }) =>
      routes.map(({ method, url }) => ({ method, pattern: toPattern(`${prefix}${url}`) })),
    );
  }

  /** Methods of an address, ascending; none where there is no such address. @param url  may have parameters */
  of(url: string): readonly string[] {
    const path = url
      .split('?', 1)[0]!
      .replace(/\/+/g, '/')
      .replace(/(.)\/$/, '$1');
    const methods = new Set(this.#routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
    if (methods.has('GET')) methods.add('HEAD');
    if (methods.size > 0) methods.add('OPTIONS');
    return [...methods].sort();
  }
}

function toPattern(url: string): RegExp {
  const parts = url
    .split(/(:\w+)/)
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('')}$`);
}
