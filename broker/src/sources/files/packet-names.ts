/** What a name says about a file in a folder, or a member of an archive. */
export type NameVerdict = 'archive' | 'look-inside' | 'packet' | 'pass-over';

const PACKET = /\.(avro|bin)(\.gz)?$/i;
const ARCHIVE = /\.(tar|tar\.gz|tgz)$/i;
/** Still being written, by the habits of browsers, curl, rsync, wget and our own simulator. */
const UNFINISHED = /\.(crdownload|download|filepart|part|partial|swp|temp|tmp)$/i;

/**
 * Whether something that nobody named, only met, is a packet, as far as its name tells.
 *
 * `packet`: Avro containers and wire messages by their ending, delivered whatever is inside, so that an error page saved
 * under a packet's name is refused with a reason instead of vanishing. `archive`: a tar. `pass-over`: hidden files (among
 * them the `._` shadows that macOS packs beside each file) and unfinished ones. `look-inside`: the content must tell.
 *
 * @param path  with `/` between the parts
 */
export function judgeName(path: string): NameVerdict {
  const parts = path.split('/');
  for (const part of parts) {
    if ((part.startsWith('.') && part !== '.' && part !== '..') || part === '__MACOSX') return 'pass-over';
  }
  if (UNFINISHED.test(path)) return 'pass-over';
  if (PACKET.test(path)) return 'packet';
  if (ARCHIVE.test(path)) return 'archive';
  return 'look-inside';
}

/** Whether a name has an ending, as data files of other kinds do: `index.csv`, `image.fits`. */
export function hasEnding(path: string): boolean {
  return /\.[A-Za-z][A-Za-z0-9]{0,7}$/.test(path);
}
