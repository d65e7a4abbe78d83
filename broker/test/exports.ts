import { antaresOutput } from './command-line.ts';

/** A line of `export alerts`. */
export interface ExportedAlert {
  readonly alert_id: string;
  readonly locus_id: string;
  readonly survey_object_id: string;
  readonly kind: string;
  readonly mjd: string;
  readonly ra: string;
  readonly dec: string;
  readonly passband: string;
  readonly mag: string;
  readonly magerr: string;
  readonly maglim: string;
}

/** A line of `export loci`, as far as tests read it. */
export interface ExportedLocus {
  readonly locus_id: string;
  readonly ra: number;
  readonly dec: number;
  readonly num_alerts: number;
  readonly num_detections: number;
  readonly num_upper_limits: number;
  readonly tags: readonly string[];
  readonly catalog_matches: readonly {
    readonly catalog: string;
    readonly object_id: string;
    readonly separation_arcsec: number;
  }[];
  readonly watch_matches: readonly {
    readonly watch_list: string;
    readonly object_id: string;
    readonly separation_arcsec: number;
  }[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Rows of simple CSV (no quoted cells) by column name. */
export function parseCsv<Row = Record<string, string>>(text: string): Row[] {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  const names = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])) as Row;
  });
}

/** Everything that a store holds, read through the command line. */
export async function exportStore(
  data: string,
): Promise<{ readonly alerts: ExportedAlert[]; readonly loci: ExportedLocus[] }> {
  const alerts = parseCsv<ExportedAlert>(await antaresOutput(['export', 'alerts', '--data', data]));
  const loci = (await antaresOutput(['export', 'loci', '--data', data]))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ExportedLocus);
  return { alerts, loci };
}

/**
 * The exported state with two things taken out that may differ between runs: how locus ids are spelt (each becomes the
 * least alert id of its locus), and when packets arrived.
 */
export async function canonicalState(data: string): Promise<{ readonly alerts: string[]; readonly loci: string[] }> {
  const alerts = (await antaresOutput(['export', 'alerts', '--format', 'ndjson', '--data', data]))
    .split('\n')
    .filter(Boolean);
  const loci = (await antaresOutput(['export', 'loci', '--data', data])).split('\n').filter(Boolean);
  const names = new Map<string, string>();
  const parsed = alerts.map((line) => JSON.parse(line) as { alert_id: string; locus_id?: string });
  for (const { alert_id, locus_id } of parsed) {
    if (locus_id === undefined) continue;
    const least = names.get(locus_id);
    if (least === undefined || alert_id < least) names.set(locus_id, alert_id);
  }
  const rename = (line: string): string =>
    line
      .replace(/"locus_id":"(ANT[0-9a-z]+)"/, (_, id: string) => `"locus_id":"${names.get(id) ?? '?'}"`)
      .replace(/"ant_time_received":\d+,?/, '');
  return { alerts: alerts.map(rename).sort(), loci: loci.map(rename).sort() };
}

/** A partition of alert ids as a canonical list of groups: independent of how groups are named. */
export function partition(pairs: Iterable<readonly [member: string, group: string]>): string[] {
  const groups = new Map<string, string[]>();
  for (const [member, group] of pairs) {
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [member]);
    else members.push(member);
  }
  return [...groups.values()].map((members) => members.sort().join(' ')).sort();
}
