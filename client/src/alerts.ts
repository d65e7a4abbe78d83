import { readJsonApiResource } from './http/json-api.ts';
import type { CallOptions, Download, Transport } from './http/transport.ts';
import { listAll } from './loci.ts';
import { type Alert, toAlert } from './resources/alert.ts';
import { type Thumbnail, toThumbnail } from './resources/thumbnail.ts';
import { unlessUnknown } from './unless-unknown.ts';

/** Alerts by their ids, and their images. */
export class Alerts {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** An alert; undefined where there is none of this id. @param alertId  `ztf_candidate:<candid>`, `lsst:<diaSourceId>` */
  find(alertId: string, options: CallOptions = {}): Promise<Alert | undefined> {
    const answer = this.#transport.json({ path: pathOf(alertId) }, options);
    return unlessUnknown(answer.then((document) => toAlert(readJsonApiResource(document))));
  }

  /** The images of an alert: `difference`, `science`, `template`. None where the alert has none, or is not known. */
  async thumbnails(alertId: string, options: CallOptions = {}): Promise<readonly Thumbnail[]> {
    const resources = await listAll(this.#transport, { path: `${pathOf(alertId)}/thumbnails` }, options);
    return resources.map(toThumbnail);
  }

  /** An image itself; undefined where it is no longer there. */
  thumbnailImage(thumbnail: Thumbnail, options: CallOptions = {}): Promise<Download | undefined> {
    const path = new URL(thumbnail.src, this.#transport.root);
    return unlessUnknown(this.#transport.download({ path, accept: '*/*' }, options));
  }
}

function pathOf(alertId: string): string {
  // A colon is allowed in a path, and ids read better with it.
  return `v1/alerts/${encodeURIComponent(alertId).replaceAll('%3A', ':')}`;
}
