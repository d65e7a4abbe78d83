import { readJsonApiResource } from './http/json-api.ts';
import type { CallOptions, Transport } from './http/transport.ts';
import { listAll } from './loci.ts';
import { type GravWaveNotice, toGravWaveNotice } from './resources/grav-wave-notice.ts';
import { unlessUnknown } from './unless-unknown.ts';

/** Notices about gravitational-wave events. */
export class GravWaveNotices {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The latest notice about an event; undefined where there is none. @param gracedbId  `S230529ay` */
  latest(gracedbId: string, options: CallOptions = {}): Promise<GravWaveNotice | undefined> {
    return this.#find(`${encodeURIComponent(gracedbId)}/latest`, options);
  }

  /** The notice of a certain time. @param noticeDatetime  UTC without an offset: `2023-07-06T14:09:33` */
  at(gracedbId: string, noticeDatetime: string, options: CallOptions = {}): Promise<GravWaveNotice | undefined> {
    const time = encodeURIComponent(noticeDatetime).replaceAll('%3A', ':');
    return this.#find(`${encodeURIComponent(gracedbId)}/${time}`, options);
  }

  /** The latest notices about several events; of those that are known. */
  async latestOf(gracedbIds: readonly string[], options: CallOptions = {}): Promise<readonly GravWaveNotice[]> {
    // Without ids the server refuses the question.
    if (gracedbIds.length === 0) return [];
    const request = { path: 'v1/grav_wave_notices/latest', parameters: { ids: gracedbIds.join(',') } };
    return (await listAll(this.#transport, request, options)).map(toGravWaveNotice);
  }

  #find(path: string, options: CallOptions): Promise<GravWaveNotice | undefined> {
    const answer = this.#transport.json({ path: `v1/grav_wave_notices/${path}` }, options);
    return unlessUnknown(answer.then((document) => toGravWaveNotice(readJsonApiResource(document))));
  }
}
