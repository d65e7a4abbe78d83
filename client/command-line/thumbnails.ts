import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AntaresError } from '@antares/client';
import type { Command } from 'commander';
import { safeFileName, writeFileAtomically } from './atomic-file.ts';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { writeLine } from './output.ts';

interface ThumbnailsOptions extends ConnectionOptions {
  readonly output: string;
  readonly json?: boolean;
}

/** `antares-client thumbnails`. */
export function registerThumbnails(program: Command): void {
  withConnection(program.command('thumbnails'))
    .description('Fetch the images of an alert into a folder, and print where they are')
    .argument('<alert>', 'ztf_candidate:<candid>, lsst:<diaSourceId>')
    .option('--output <folder>', 'where to', '.')
    .option('--json', 'one JSON list')
    .addHelpText('after', '\nExample:\n  antares-client thumbnails ztf_candidate:3470490460915015042 --output images')
    .action(async (alertId: string, options: ThumbnailsOptions) => {
      const { alerts } = await connect(options);
      const files: { kind: string; file: string; mime_type: string }[] = [];
      for (const thumbnail of await alerts.thumbnails(alertId)) {
        const image = await alerts.thumbnailImage(thumbnail);
        if (image === undefined) continue;
        await mkdir(options.output, { recursive: true });
        const file = join(options.output, safeFileName(thumbnail.fileName));
        await writeFileAtomically(file, image.bytes);
        files.push({ kind: thumbnail.kind, file, mime_type: thumbnail.mimeType });
        if (options.json !== true) await writeLine(file);
      }
      if (options.json === true) await writeLine(JSON.stringify(files));
      if (files.length === 0)
        throw new AntaresError('THUMBNAILS_NONE', `there are no images of ${alertId}`, { status: 404 });
    });
}
