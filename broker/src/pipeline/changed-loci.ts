import { pack, unpack } from 'msgpackr';
import type { LocusId } from '../model/ids.ts';
import type { LocusRef } from '../model/locus.ts';
import { CHANGED_LOCI } from '../streams/topic-name.ts';
import type { Batch, PipelineContext } from './stage.ts';

/**
 * Tells the search index which loci a batch changes: a message of the same commit, so that none is forgotten however the
 * broker ends.
 *
 * It names the loci and says nothing of them: the index reads what they are when it gets there, so a locus that changes
 * often is read once, and an index that hears the same twice, or is years behind, ends in the same state.
 */
export function announceChangedLoci(batch: Batch, context: PipelineContext): void {
  const refs = [...batch.loci.touched.values()].map(({ locus }) => locus.ref);
  if (refs.length === 0) return;
  const value = pack(refs.flatMap(({ locusId, birthTrixel }) => [locusId, birthTrixel]));
  batch.pending.push({ sequence: context.nextSequence(), streams: [CHANGED_LOCI], key: '', value });
}

/** The loci that a message names. */
export function readChangedLoci(value: Uint8Array): LocusRef[] {
  const parts = unpack(value) as (string | number)[];
  const refs: LocusRef[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    refs.push({ locusId: parts[i] as LocusId, birthTrixel: parts[i + 1] as number });
  }
  return refs;
}
