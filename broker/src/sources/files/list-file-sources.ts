import { randomUUID } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { AntaresError, errorCode, errorMessage } from '../../model/errors.ts';
import type { PacketSource } from '../source.ts';
import { FileSource, type FileSourceOptions, type SourceFile, StreamSource } from './file-source.ts';
import { judgeName } from './packet-names.ts';

/** How paths are made into sources. */
export interface FileSourcesOptions extends FileSourceOptions {
  /** What `-` stands for; default the standard input of the process. */
  readonly standardInput?: Readable | undefined;
}

/** Files asked about at a time. */
const STAT_CONCURRENCY = 32;

/**
 * Sources for what a person named: files, folders (walked, in name order), archives, named pipes, `-` for standard input.
 *
 * Each archive is a source of its own, so that progress in it survives a change beside it; loose files that follow each
 * other share one, so that a night in 40,000 files has one line in the ledger. Files in folders whose names say that
 * they are no packets are found so when they are read, and counted there.
 *
 * @param paths  as typed, in the order wanted
 * @returns      in the order of reading; nothing is open yet
 * @throws SOURCE_NOT_FOUND   a path does not exist
 * @throws SOURCE_UNREADABLE  a path cannot be examined
 */
export async function listFileSources(
  paths: readonly string[],
  options: FileSourcesOptions = {},
): Promise<PacketSource[]> {
  const sources: PacketSource[] = [];
  let named: SourceFile[] = [];
  const add = (files: readonly SourceFile[]): void => {
    for (const group of inSources(files)) sources.push(new FileSource(group, options));
  };
  const endGroup = (): void => {
    add(named);
    named = [];
  };
  for (const path of paths) {
    if (path === '-') {
      endGroup();
      sources.push(
        new StreamSource('-', `stream:${randomUUID()}`, () => options.standardInput ?? process.stdin, options),
      );
      continue;
    }
    const absolute = resolve(path);
    const found = await statNamed(absolute, path);
    if (found.isDirectory()) {
      // A folder's loose files are a source apart from those of its neighbours.
      endGroup();
      add(await walkFolder(absolute));
    } else if (found.isFile()) {
      named.push({ path: absolute, metAs: undefined, size: found.size, mtimeMs: found.mtimeMs });
    } else {
      endGroup();
      sources.push(new StreamSource(path, `stream:${randomUUID()}`, () => createReadStream(absolute), options));
    }
  }
  endGroup();
  return sources;
}

/**
 * All plain files below a folder that might be packets or archives, in name order: names compare by code unit, a folder
 * is walked at the place of its name.
 *
 * Symbolic links are followed, a folder is walked once however many ways lead there. What cannot be examined is in the
 * list with its fault. Hidden and unfinished files are left out.
 */
export async function walkFolder(root: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  const visited = new Set<string>();
  await walk(root, '', files, visited);
  return files;
}

async function walk(path: string, relative: string, files: SourceFile[], visited: Set<string>): Promise<void> {
  let names: string[];
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (visited.has(identity)) return;
    visited.add(identity);
    names = await readdir(path);
  } catch (cause) {
    files.push(unreadable(path, relative, cause));
    return;
  }
  names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const wanted = names.filter((name) => judgeName(name) !== 'pass-over');
  for (let start = 0; start < wanted.length; start += STAT_CONCURRENCY) {
    const some = wanted.slice(start, start + STAT_CONCURRENCY);
    const stats = await Promise.all(some.map((name) => stat(join(path, name)).catch((error: unknown) => ({ error }))));
    for (const [i, name] of some.entries()) {
      const found = stats[i]!;
      const inFolder = relative === '' ? name : `${relative}/${name}`;
      if ('error' in found) {
        // Links to nowhere, and files that went away meanwhile, hold no packet.
        if (errorCode(found.error) !== 'ENOENT' && errorCode(found.error) !== 'ELOOP') {
          files.push(unreadable(join(path, name), inFolder, found.error));
        }
      } else if (found.isDirectory()) {
        await walk(join(path, name), inFolder, files, visited);
      } else if (found.isFile()) {
        files.push({ path: join(path, name), metAs: inFolder, size: found.size, mtimeMs: found.mtimeMs });
      }
    }
  }
}

function unreadable(path: string, metAs: string, cause: unknown): SourceFile {
  const fault = new AntaresError('SOURCE_UNREADABLE', `cannot read ${path}: ${errorMessage(cause)}`, { cause });
  return { path, metAs, size: 0, mtimeMs: 0, fault };
}

/** Files in the groups in which they share a source: archives alone, loose files that follow each other together. */
export function inSources(files: readonly SourceFile[]): SourceFile[][] {
  const groups: SourceFile[][] = [];
  let loose: SourceFile[] | undefined;
  for (const file of files) {
    if (judgeName(basename(file.path)) === 'archive') {
      groups.push([file]);
      loose = undefined;
    } else if (loose === undefined) {
      loose = [file];
      groups.push(loose);
    } else loose.push(file);
  }
  return groups;
}

async function statNamed(absolute: string, asTyped: string): Promise<Stats> {
  try {
    return await stat(absolute);
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new AntaresError('SOURCE_NOT_FOUND', `there is no file or folder ${asTyped} (looked for ${absolute})`, {
        cause,
      });
    }
    throw new AntaresError('SOURCE_UNREADABLE', `cannot read ${asTyped}: ${errorMessage(cause)}`, { cause });
  }
}
