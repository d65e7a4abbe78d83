import { accessInWords } from './access.ts';
import { CALLS_A_MINUTE, TIME_LIMIT_MS } from './limits.ts';
import type { Cost, RouteGroup } from './route.ts';

/** Addresses that no group has: those of the documentation itself. Anyone may read them; nothing else is there. */
export const DOCUMENTATION_ADDRESSES: readonly string[] = ['/openapi.json', '/docs', '/docs/*'];

/**
 * The list of all routes with who may call each, as Markdown: made from what the server is made from, so that it cannot
 * say anything else.
 */
export function routesDocument(groups: readonly RouteGroup[]): string {
  const lines = [
    '# Routes of the HTTP interface',
    '',
    'Made by `node scripts/list-routes.mjs` from the routes themselves; a test fails when it is not current. What is not',
    'listed here is not there. A role may do what those before it may: ordinary, staff, admin. A token must have the scope',
    'as well; a session in a browser has all of them.',
    '',
    '| cost | calls a minute, by address | longest answer |',
    '|---|---|---|',
    ...(Object.keys(CALLS_A_MINUTE) as Cost[]).map(
      (cost) => `| ${cost} | ${CALLS_A_MINUTE[cost].toLocaleString('en')} | ${timeLimit(cost)} |`,
    ),
    '',
    'Signed-in users have three times as many calls; `http.rateLimitFactor` multiplies all of them.',
  ];
  const byName = new Map<string, RouteGroup[]>();
  for (const group of groups) byName.set(group.name, [...(byName.get(group.name) ?? []), group]);
  for (const [name, members] of byName) {
    lines.push('', `## ${name}`, '', '| method | address | who | cost | what |', '|---|---|---|---|---|');
    for (const { prefix, routes } of members) {
      for (const { method, url, access, cost, summary } of routes) {
        lines.push(`| ${method} | \`${prefix}${url}\` | ${accessInWords(access)} | ${cost} | ${cell(summary)} |`);
      }
    }
  }
  lines.push('', '## Documentation', '', '| method | address | who | cost | what |', '|---|---|---|---|---|');
  for (const address of DOCUMENTATION_ADDRESSES)
    lines.push(`| GET | \`${address}\` | anyone | | this list, for programs and for reading |`);
  return `${lines.join('\n')}\n`;
}

function timeLimit(cost: Cost): string {
  return TIME_LIMIT_MS[cost] === 0 ? 'until the caller goes' : `${TIME_LIMIT_MS[cost] / 1000} s`;
}

function cell(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
