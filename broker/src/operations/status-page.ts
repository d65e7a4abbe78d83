import type { Catalog } from '../catalogs/catalog.ts';
import type { IntakeTotals } from './broker.ts';

/** Figures of a running broker. */
export interface LiveStatus {
  readonly version: string;
  readonly startedAt: string;
  readonly totals: IntakeTotals;
  /** Alerts taken in during the last seconds [1/s]. */
  readonly rate: number;
  /** From arrival to durable and published [ms]; null before the first alert. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  readonly loci: number;
  readonly alerts: number;
  readonly catalogs: readonly Pick<Catalog, 'name' | 'kind' | 'rows'>[];
  readonly filtersOff: readonly string[];
  /** Why nothing is taken in at the moment; null when all is well. */
  readonly stalled: { readonly code: string; readonly message: string } | null;
  readonly recent: readonly RecentLocus[];
}

/** A locus that was tagged lately. */
export interface RecentLocus {
  readonly locusId: string;
  readonly ra: number;
  readonly dec: number;
  readonly tags: readonly string[];
  readonly numAlerts: number;
}

/**
 * The first plain page of the broker: what it is doing, refreshed by the browser itself every two seconds.
 *
 * One page without scripts: it works in any browser, and nothing can be injected that would run.
 */
export function statusPage(status: LiveStatus): string {
  const { totals, latencyMs } = status;
  const tags = Object.entries(totals.newTags).sort(([, a], [, b]) => b - a);
  const figures: [string, string][] = [
    ['alerts taken in', number(totals.received)],
    ['a second, now', number(Math.round(status.rate))],
    ['loci', number(status.loci)],
    ['alerts stored', number(status.alerts)],
    ['median latency', latencyMs === null ? '–' : `${latencyMs.p50.toFixed(0)} ms`],
    ['99th percentile', latencyMs === null ? '–' : `${latencyMs.p99.toFixed(0)} ms`],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<title>Antares</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Antares</h1><p>alert broker ${escapeHtml(status.version)}, running since ${escapeHtml(status.startedAt)}</p></header>
<main>
${status.stalled === null ? '' : `<p class="alarm" role="alert">Waiting: ${escapeHtml(status.stalled.code)}: ${escapeHtml(status.stalled.message)}</p>`}
<section aria-label="Figures" class="figures">${figures.map(([name, value]) => `<div><strong>${value}</strong><span>${name}</span></div>`).join('')}</section>
<section><h2>Ledger</h2>
<p>${number(totals.received)} received = ${number(totals.stored)} stored + ${number(totals.duplicate)} duplicate + ${number(totals.rejected)} rejected</p>
${table(
  ['reason', 'packets'],
  Object.entries(totals.reasons).map(([reason, count]) => [escapeHtml(reason), number(count)]),
)}</section>
<section><h2>Tags</h2>
${table(
  ['tag', 'loci tagged since the start'],
  tags.map(([tag, count]) => [escapeHtml(tag), number(count)]),
)}</section>
<section><h2>Tagged lately</h2>
${table(
  ['locus', 'RA [deg]', 'Dec [deg]', 'alerts', 'tags'],
  status.recent.map(({ locusId, ra, dec, numAlerts, tags: names }) => [
    escapeHtml(locusId),
    ra.toFixed(5),
    dec.toFixed(5),
    number(numAlerts),
    names.map(escapeHtml).join(', '),
  ]),
)}</section>
<section><h2>Catalogues and watch lists</h2>
${table(
  ['name', 'kind', 'objects'],
  status.catalogs.map(({ name, kind, rows }) => [escapeHtml(name), kind, number(rows)]),
)}</section>
${status.filtersOff.length === 0 ? '' : `<section><h2>Filters that are off</h2><p>${status.filtersOff.map(escapeHtml).join(', ')}</p></section>`}
</main>
<footer><p>The same figures as JSON: <a href="/status.json">/status.json</a></p></footer>
</body>
</html>
`;
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f2a;--paper:#fbfaf7;--line:#d9d5ca;--quiet:#6a6f7d;--accent:#b3391f}
@media (prefers-color-scheme:dark){:root{--ink:#e8e6df;--paper:#14161c;--line:#343844;--quiet:#9aa0af;--accent:#ff8a66}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:1rem;border-bottom:2px solid var(--accent)}
h1{margin:0;font-size:1.8rem;letter-spacing:.02em}
h2{font-size:1.05rem;margin:1.6rem 0 .4rem}
p{margin:.3rem 0}
header p,footer,.figures span{color:var(--quiet)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1rem;margin-top:1.2rem}
.figures div{border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}
.figures strong{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
th{color:var(--quiet);font-weight:500}
.alarm{border:2px solid var(--accent);border-radius:.5rem;padding:.6rem .9rem;margin-top:1rem}
.none{color:var(--quiet)}
a{color:var(--accent)}
`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p class="none">none</p>';
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`;
}

function number(value: number): string {
  return value.toLocaleString('en').replaceAll(',', ' ');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
