import type { ServerResponse } from 'node:http';
import { type InProcessServer, type ReceivedRequest, sendError, sendJson, startServer } from './in-process-server.ts';

/** How a made-up broker behaves. */
export interface StreamServerOptions {
  /** Offsets between messages; default 1. */
  readonly step?: number;
  /** No events: `/api/events` is a 404. */
  readonly hasNoEvents?: boolean;
  /** Events carry their offset, or only their id says it; default by id, as Antares has it. */
  readonly hasOffsets?: boolean;
  /** Breaks the connection of events after so many. */
  readonly breaksAfter?: number;
  /** Forgets every so-manieth event: a reader must find it another way. */
  readonly losesEvery?: number;
  /** The so-manieth page is a 500. */
  readonly failsOnPage?: number;
  /** Pages show messages so much later than events [ms], as from a server that is behind. */
  readonly pagesLag?: number;
}

/** A made-up broker with streams. */
export interface StreamServer extends InProcessServer {
  /** Appends messages to a stream, and tells whoever listens. @returns their offsets */
  append(stream: string, count: number): readonly string[];
  /** All offsets of a stream. */
  offsets(stream: string): readonly string[];
  /** Forgets messages before an offset. */
  forgetBefore(stream: string, offset: number): void;
  /** Ends all connections of events. */
  breakEvents(): void;
  /** Loses a stream, as a broker does that begins with an empty folder. */
  lose(stream: string): void;
}

interface Listener {
  readonly stream: string;
  readonly response: ServerResponse;
  sent: number;
}

/** Starts a made-up broker with streams of these names. */
export async function startStreamServer(
  names: readonly string[],
  options: StreamServerOptions = {},
): Promise<StreamServer> {
  const { step = 1 } = options;
  const streams = new Map(names.map((name) => [name, { start: 0, messages: [] as Message[] }]));
  const listeners = new Set<Listener>();
  let told = 0;
  let pages = 0;

  const endOf = (stream: { messages: Message[]; start: number }): number =>
    Math.max(stream.start, (stream.messages.at(-1)?.offset ?? -step) + step);

  const tell = (listener: Listener, message: Message): void => {
    told++;
    if (options.losesEvery !== undefined && told % options.losesEvery === 0) return;
    const data =
      options.hasOffsets === true ? toWire(message) : { ...toWire(message), offset: undefined, key: undefined };
    listener.response.write(
      `event: alert\nid: stream/${listener.stream}@${message.offset + 1}\ndata: ${JSON.stringify(data)}\n\n`,
    );
    listener.sent++;
    if (options.breaksAfter !== undefined && listener.sent >= options.breaksAfter) {
      listeners.delete(listener);
      // What was written is to arrive before the break.
      setTimeout(() => listener.response.destroy(), 5);
    }
  };

  const answer = async ({ url, headers }: ReceivedRequest, response: ServerResponse): Promise<void> => {
    if (url.pathname === '/api/streams') {
      const list = [...streams].map(([name, stream]) => {
        const offsets = { start_offset: String(stream.start), end_offset: String(endOf(stream)) };
        return { name, topic: `client.${name}`, ...offsets, tags: name };
      });
      return sendJson(response, { streams: list });
    }
    if (url.pathname === '/api/events' && options.hasNoEvents !== true) {
      const name = url.searchParams.get('stream') ?? '';
      const stream = streams.get(name);
      if (stream === undefined) return sendError(response, 404, 'STREAM_UNKNOWN', 'no such stream');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('retry: 20\n\n');
      const listener: Listener = { stream: name, response, sent: 0 };
      const after = /@(\d+)$/.exec(String(headers['last-event-id'] ?? ''))?.[1];
      if (after !== undefined) {
        for (const message of stream.messages) if (message.offset >= Number(after)) tell(listener, message);
      }
      if (!response.destroyed) listeners.add(listener);
      response.on('close', () => listeners.delete(listener));
      return;
    }
    const name = /^\/api\/streams\/([^/]+)$/.exec(url.pathname)?.[1];
    const stream = name === undefined ? undefined : streams.get(decodeURIComponent(name));
    if (stream === undefined) return sendError(response, 404, 'NOT_FOUND', 'The requested URL was not found.');
    if (++pages === options.failsOnPage)
      return sendError(response, 500, 'INTERNAL', 'The server encountered a problem.');
    const visible = stream.messages.filter(({ bornMs }) => bornMs + (options.pagesLag ?? 0) <= performance.now());
    const from = Number(url.searchParams.get('from') ?? stream.start);
    const end = endOf({ ...stream, messages: visible });
    if (from > end && options.pagesLag === undefined)
      return sendError(response, 400, 'STREAM_OFFSET_AHEAD', 'beyond the end');
    const limit = Number(url.searchParams.get('limit') ?? 100);
    const page = visible.filter(({ offset }) => offset >= from).slice(0, limit);
    const last = page.at(-1);
    sendJson(response, {
      messages: page.map(toWire),
      next_offset: String(last === undefined ? Math.max(from, end) : last.offset + 1),
      end_offset: String(end),
    });
  };

  const server = await startServer(answer);
  return {
    ...server,
    append(name, count) {
      const stream = streams.get(name)!;
      const fresh: Message[] = [];
      for (let i = 0; i < count; i++) {
        const message = { offset: endOf(stream), number: stream.messages.length, bornMs: performance.now() };
        stream.messages.push(message);
        fresh.push(message);
        for (const listener of [...listeners]) if (listener.stream === name) tell(listener, message);
      }
      return fresh.map(({ offset }) => String(offset));
    },
    offsets: (name) => streams.get(name)!.messages.map(({ offset }) => String(offset)),
    forgetBefore(name, offset) {
      const stream = streams.get(name)!;
      stream.messages = stream.messages.filter((message) => message.offset >= offset);
      stream.start = offset;
    },
    lose(name) {
      streams.set(name, { start: 0, messages: [] });
    },
    breakEvents() {
      for (const { response } of listeners) response.destroy();
      listeners.clear();
    },
  };
}

interface Message {
  readonly offset: number;
  readonly number: number;
  readonly bornMs: number;
}

/** A message as Antares has it; the id of its alert has 64 bits. */
function toWire({ offset, number }: Message): object {
  const candid = String(3_470_490_460_915_015_042n + BigInt(number));
  return {
    offset: String(offset),
    key: 'ANT2020so7ia',
    published_at: '2026-07-03T13:28:33.479Z',
    locus: {
      locus_id: 'ANT2020so7ia',
      ra: 10.5,
      dec: -3.25,
      survey_object_ids: { ztf: ['ZTF20aafqubg'], lsst: [] },
      num_alerts: number + 1,
      num_detections: number + 1,
      num_upper_limits: 0,
      tags: ['high_snr'],
      catalogs: ['tns_public_objects'],
      watch_lists: [],
      catalog_matches: [{ catalog: 'tns_public_objects', object_id: '1', separation_arcsec: 0.25, radius_arcsec: 1 }],
      watch_matches: [],
      properties: { num_alerts: number + 1 },
      alert: { alert_id: `ztf_candidate:${candid}`, mjd: 61224.5 + number, properties: { ztf_candid: candid } },
    },
  };
}
