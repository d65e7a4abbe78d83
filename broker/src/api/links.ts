import type { FastifyRequest } from 'fastify';

/**
 * The address under which the caller sees this server, without a slash at the end: `https://antares.example.org`.
 *
 * ANTARES' clients follow links as they are, so these must lead back to where the caller came from: the configured public
 * address; else what a trusted proxy says (`X-Forwarded-Proto`, `-Host`: fastify reads them only where the proxy is
 * trusted); else the host of the request itself.
 *
 * @param publicUrl  as configured; empty for none
 */
export function baseUrlOf(request: FastifyRequest, publicUrl: string): string {
  if (publicUrl !== '') return publicUrl.replace(/\/+$/, '');
  return `${request.protocol}://${request.host}`;
}

/** An address with other parameters: those that are undefined are taken out. Brackets stay readable. */
export function withParameters(url: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const [path = '', before = ''] = url.split('?', 2);
  const search = new URLSearchParams(before);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) search.delete(name);
    else search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
