import { setTimeout as sleep } from 'node:timers/promises';
import { FileSource, type FileSourceOptions, fileId, type SourceFile } from './file-source.ts';
import { inSources, walkFolder } from './list-file-sources.ts';
import type { TakenFiles } from './taken-files.ts';

/** How a folder is watched. */
export interface WatchFolderOptions extends FileSourceOptions {
  /** Files taken in by earlier runs; they are left out. */
  readonly taken?: TakenFiles | undefined;
  /** Time between two looks [ms]. Default 1000. */
  readonly pollMs?: number | undefined;
  /** How long a file must not have changed before it counts as complete [ms]. Default 2000. */
  readonly stableMs?: number | undefined;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/**
 * Sources for the files that appear in a folder, each once, for as long as the signal says nothing.
 *
 * Looks again and again instead of asking the system to tell, because network file systems do not tell. A file is
 * complete when its size and time stayed the same for `stableMs`; one that was moved into place with an older time is so at
 * once. Files that are complete at the same look come in name order: an archive alone, loose files together. A file that
 * changes after it was delivered is delivered again, as a new one.
 *
 * The consumer tells `taken` (with `fileId` of each of the source's files) when a source is durable.
 *
 * @throws never for the folder: while it cannot be read, nothing appears; unreadable files come as faults, once
 */
export async function* watchFolder(folder: string, options: WatchFolderOptions): AsyncGenerator<FileSource> {
  const { taken, signal, pollMs = 1000, stableMs = 2000 } = options;
  const delivered = new Set<string>();
  const firstSeen = new Map<string, number>();
  while (!signal.aborted) {
    const now = Date.now();
    const ready: SourceFile[] = [];
    const present = new Set<string>();
    for (const file of await walkFolder(folder)) {
      const id = fileId(file);
      present.add(id);
      if (delivered.has(id) || taken?.has(id) === true) continue;
      // The folder itself, not yet made or mounted: it will come.
      if (file.fault !== undefined && file.metAs === '') continue;
      const since = firstSeen.get(id) ?? now;
      firstSeen.set(id, since);
      if (now - since >= stableMs || now - file.mtimeMs >= stableMs) ready.push(file);
    }
    for (const id of firstSeen.keys()) if (!present.has(id)) firstSeen.delete(id);
    for (const id of delivered) if (!present.has(id)) delivered.delete(id);
    for (const files of inSources(ready)) {
      if (signal.aborted) return;
      for (const file of files) {
        const id = fileId(file);
        delivered.add(id);
        firstSeen.delete(id);
      }
      yield new FileSource(files, options);
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
}
