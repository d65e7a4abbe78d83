import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { ApiError, errorBody } from './api-error.ts';

/** What answers say to browsers that are given before there is a request: the same as all others say. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'no-referrer',
} as const;

/** Errors of Node.js' own parser, with what they are answered with. */
const PARSER_ERRORS: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'REQUEST_HEADERS_TOO_LARGE',
    'the address and the headers are longer than 256 KB together',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'REQUEST_TIMEOUT', 'the request did not arrive in time'],
};

/** Answers what is no request of HTTP, and what does not arrive in time; ends the connection. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, detail] = PARSER_ERRORS[error.code ?? ''] ?? [
    400,
    'REQUEST_MALFORMED',
    'this is no HTTP request',
  ];
  const body = JSON.stringify(errorBody(status, code, detail));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...SECURITY_HEADERS,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

/** Answers an address that is none, before it is looked for among the routes. */
export function refuseAddress(error: { readonly code: string }, reply: FastifyReply): void {
  const { status, body } =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new ApiError(414, 'REQUEST_ADDRESS_TOO_LONG', 'a part of the address is longer than 1000 letters')
      : new ApiError(
          400,
          'REQUEST_ADDRESS_INVALID',
          'the address has a % that two hexadecimal digits do not follow, or is no UTF-8',
        );
  void reply.headers(SECURITY_HEADERS).code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
