/** Parameters of an address; those that are undefined are left out, a list stands as often as it has members. */
export type UrlParameters = Readonly<
  Record<string, string | number | bigint | boolean | undefined | readonly (string | number)[]>
>;

/**
 * The root of a server from an address as people have it: with or without a slash at the end, and also the base address
 * that ANTARES' Python clients are given (`https://antares.example.org/v1/`).
 *
 * @returns  ends with a slash
 * @throws TypeError  not an http(s) address, or one with a password in it: addresses end up in logs
 */
export function serverRoot(baseUrl: string): URL {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new TypeError('expected the address of a server such as http://localhost:8000, got something else');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`expected an address that begins with http:// or https://, got ${url.protocol}//`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('expected an address without user and password; hand a token over as `token`');
  }
  url.search = '';
  url.hash = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '').replace(/\/(v1|v2|api)$/, '')}/`;
  return url;
}

/** The address of something on a server. @param path  without a slash at the begin; its parts escaped already */
export function urlOf(root: URL, path: string, parameters: UrlParameters = {}): URL {
  const url = new URL(root.href + path);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    if (Array.isArray(value))
      for (const item of value as readonly (string | number)[]) url.searchParams.append(name, String(item));
    else url.searchParams.set(name, String(value));
  }
  return url;
}

/**
 * Where a link to a further page leads, on the server that we talk to.
 *
 * Behind a proxy a server may name itself wrongly (`http:` for `https:`, an inner host). Following that would lead astray,
 * and would carry the token along; so only path and parameters of such a link are taken.
 */
export function linkOnServer(root: URL, link: string): URL {
  const url = new URL(link, root);
  if (url.origin === root.origin && url.pathname.startsWith(root.pathname)) return url;
  const own = /\/(?:v1|v2|api)\/.*$/.exec(url.pathname)?.[0] ?? url.pathname;
  return new URL(root.href + own.replace(/^\/+/, '') + url.search);
}
