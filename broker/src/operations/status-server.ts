import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AntaresError } from '../model/errors.ts';
import { type LiveStatus, statusPage } from './status-page.ts';

/** What every answer says to browsers: nothing may be loaded, framed or guessed. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
} as const;

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 256;

/** The status page over HTTP: `/`, `/status.json`. Reads only; everything else is refused. */
export class StatusServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Starts to listen.
   *
   * @param port  0 picks a free one
   * @throws HTTP_ADDRESS_UNUSABLE
   */
  static listen(host: string, port: number, read: () => Promise<LiveStatus>): Promise<StatusServer> {
    const server = createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: 16 * 1024 },
      (request, response) => {
        answer(request, response, read).catch(() =>
          respond(response, 500, 'application/json', '{"error":"STATUS_UNREADABLE"}'),
        );
      },
    );
    server.maxConnections = MAX_CONNECTIONS;
    return new Promise((resolve, reject) => {
      server.once('error', (error) => {
        reject(
          new AntaresError('HTTP_ADDRESS_UNUSABLE', `cannot listen on ${host}:${port}; choose another with --port`, {
            cause: error,
          }),
        );
      });
      server.listen(port, host, () => resolve(new StatusServer(server)));
    });
  }

  /** `http://HOST:PORT`. */
  get address(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<LiveStatus>,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    respond(response, 405, 'application/json', '{"error":"METHOD_NOT_ALLOWED","expected":"GET"}', {
      Allow: 'GET, HEAD',
    });
    return;
  }
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/') respond(response, 200, 'text/html; charset=utf-8', statusPage(await read()));
  else if (pathname === '/status.json') respond(response, 200, 'application/json', JSON.stringify(await read()));
  else respond(response, 404, 'application/json', '{"error":"NOT_FOUND","known":["/","/status.json"]}');
}

function respond(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  more: Record<string, string> = {},
): void {
  if (response.headersSent) return;
  response.writeHead(status, { ...HEADERS, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...more });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
