import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { AlertRow } from '../../alert-store/alert-store.ts';
import { AntaresError } from '../../model/errors.ts';
import type { ApiContext, Cutout } from '../api-context.ts';
import { readFitsImage } from './fits-image.ts';
import { renderPng } from './render-image.ts';

const unzip = promisify(gunzip);

/** Largest cut-out that is unpacked [bytes]: a small archive may hold anything. */
const MOST_BYTES = 32 * 1024 * 1024;

/** A small image of an alert, as the interface lists it. */
export interface Thumbnail {
  readonly kind: Cutout['kind'];
  /** Name of the file: the survey's own, with the ending of what is served. */
  readonly fileName: string;
  readonly mediaType: string;
  /** Last part of its address: `difference.png`. */
  readonly file: string;
}

/** Order in which ANTARES lists them. */
const KINDS = ['difference', 'science', 'template'] as const;

/** The images of an alert that can be shown; empty where its packet has none, or where it has no packet. */
export async function thumbnailsOf(context: ApiContext, row: AlertRow): Promise<readonly Thumbnail[]> {
  if (row.packet === undefined) return [];
  const cutouts = await context.cutouts(row);
  return KINDS.flatMap((kind) => {
    const cutout = cutouts.find((candidate) => candidate.kind === kind);
    const shown = cutout === undefined ? undefined : shownAs(cutout.format);
    if (cutout === undefined || shown === undefined) return [];
    return [
      {
        kind,
        fileName: nameOf(cutout, row, shown.ending),
        mediaType: shown.mediaType,
        file: `${kind}.${shown.ending}`,
      },
    ];
  });
}

/** A file of an image. */
export interface ImageFile {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/**
 * A file of an alert's image: `<kind>.fits` as the survey sent it, unpacked; `<kind>.png` rendered of it, or as it came;
 * `<kind>.jpg` where the survey sent that.
 *
 * @returns undefined where the packet has no such image, or not in that form
 * @throws IMAGE_UNREADABLE  the survey's image is damaged
 */
export async function imageFile(context: ApiContext, row: AlertRow, file: string): Promise<ImageFile | undefined> {
  const [kind, ending] = file.split('.', 2);
  if (row.packet === undefined || !KINDS.some((known) => known === kind)) return undefined;
  const cutout = (await context.cutouts(row)).find((candidate) => candidate.kind === kind);
  if (cutout === undefined) return undefined;
  const { format, bytes } = cutout;
  switch (ending) {
    case 'fits':
      if (format !== 'fits' && format !== 'fits.gz') return undefined;
      return { bytes: await unpacked(cutout), mediaType: 'image/fits' };
    case 'png':
      if (format === 'png') return { bytes, mediaType: 'image/png' };
      if (format !== 'fits' && format !== 'fits.gz') return undefined;
      return { bytes: renderPng(readFitsImage(await unpacked(cutout))), mediaType: 'image/png' };
    case 'jpg':
      return format === 'jpeg' ? { bytes, mediaType: 'image/jpeg' } : undefined;
    default:
      return undefined;
  }
}

/** As what an image is shown; undefined for one of unknown form. */
function shownAs(format: Cutout['format']): { readonly ending: string; readonly mediaType: string } | undefined {
  switch (format) {
    case 'jpeg':
      return { ending: 'jpg', mediaType: 'image/jpeg' };
    case 'unknown':
      return undefined;
    default:
      return { ending: 'png', mediaType: 'image/png' };
  }
}

/** `candid1_pid1_targ_sci.fits.gz` is shown as `candid1_pid1_targ_sci.fits.png`, as at ANTARES. */
function nameOf({ fileName, kind }: Cutout, row: AlertRow, ending: string): string {
  if (fileName === '') return `${row.point.alertId.replaceAll(':', '_')}_${kind}.${ending}`;
  const base = fileName.replace(/\.gz$/, '');
  return base.endsWith(`.${ending}`) ? base : `${base}.${ending}`;
}

async function unpacked({ format, bytes }: Cutout): Promise<Uint8Array> {
  if (format === 'fits') return bytes;
  try {
    return await unzip(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    throw new AntaresError('IMAGE_UNREADABLE', 'expected a FITS image: it cannot be unpacked', { cause: error });
  }
}
