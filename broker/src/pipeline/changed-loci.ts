import { pack, unpack } from 'msgpackr';
import { type AlertId, type LocusId, toAlertId } from '../model/ids.ts';
import type { LocusRef } from '../model/locus.ts';
import { CHANGED_LOCI } from '../streams/topic-name.ts';
import type { Batch, PipelineContext } from './stage.ts';

/** A locus that a batch changed, and the alerts that arrived on it. */
export interface ChangedLocus {
  readonly ref: LocusRef;
  /** Candidates that the batch added, in the order of their rows; none where it changed something else. */
  readonly alertIds: readonly AlertId[];
}

/**
 * Tells the search index, and who follows a locus, which loci a batch changes and which alerts arrived on them: a message
 * of the same commit, so that none is forgotten however the broker ends.
 *
 * It names them and says nothing of them: readers read what they are when they get there, so a locus that changes often is
 * read once, and an index that hears the same twice, or is years behind, ends in the same state.
 */
export function announceChangedLoci(batch: Batch, context: PipelineContext): void {
  const loci: (string | number)[] = [];
  const alerts: string[][] = [];
  for (const { locus, rows } of batch.loci.touched.values()) {
    loci.push(locus.ref.locusId, locus.ref.birthTrixel);
    const ids: string[] = [];
    for (const { point } of rows.values()) if (point.kind === 'candidate') ids.push(point.alertId);
    alerts.push(ids);
  }
  if (loci.length === 0) return;
  batch.pending.push({
    sequence: context.nextSequence(),
    streams: [CHANGED_LOCI],
    key: '',
    value: pack([loci, alerts] satisfies KeptChanges),
  });
}

/** A message as it is kept: ids and trixels of loci by turns, then the alerts of each. The first ones had loci alone. */
type KeptChanges = readonly [loci: readonly (string | number)[], alerts: readonly (readonly string[])[]];

/** The loci that a message names, with the alerts that arrived on each. */
export function readChanges(value: Uint8Array): ChangedLocus[] {
  const kept = unpack(value) as KeptChanges | (string | number)[];
  const [loci, alerts] = Array.isArray(kept[0]) ? (kept as KeptChanges) : [kept as (string | number)[], []];
  const changes: ChangedLocus[] = [];
  for (let i = 0; i + 1 < loci.length; i += 2) {
    changes.push({
      ref: { locusId: loci[i] as LocusId, birthTrixel: loci[i + 1] as number },
      alertIds: (alerts[i / 2] ?? []).map(toAlertId),
    });
  }
  return changes;
}

/** The loci that a message names. */
export function readChangedLoci(value: Uint8Array): LocusRef[] {
  return readChanges(value).map(({ ref }) => ref);
}
