import { AntaresError } from '../model/errors.ts';
import { AVRO_LIMITS } from './avro/limits.ts';
import type { SchemaSource } from './schema-source.ts';

/** Where a schema registry is, and how long to wait for it. */
export interface RegistryOptions {
  /** Address of the registry; a path in it is kept: `https://host/prefix` asks `https://host/prefix/schemas/ids/N`. */
  readonly url: string;
  /** Value of the `Authorization` header, for registries that want one. Never shown. */
  readonly authorization?: string | undefined;
  /** How long an answer may take [ms]; default 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** Schemas from a registry that speaks Confluent's protocol. Each id is asked for once, however many packets wait. */
export class RegistrySchemaSource implements SchemaSource {
  readonly name: string;
  readonly #url: URL;
  readonly #authorization: string | undefined;
  readonly #timeoutMs: number;
  readonly #known = new Map<number, Promise<string | undefined>>();

  /** @throws TypeError  when `url` is no http or https address */
  constructor({ url, authorization, timeoutMs = 10_000 }: RegistryOptions) {
    const parsed = new URL(url);
    if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
      throw new TypeError(`a registry is at http or https, got ${parsed.protocol}`);
    const { username, password } = parsed;
    this.#authorization =
      authorization ??
      (username === '' && password === ''
        ? undefined
        : `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`);
    parsed.username = '';
    parsed.password = '';
    parsed.search = '';
    parsed.hash = '';
    this.#url = parsed;
    this.name = parsed.href;
    this.#timeoutMs = timeoutMs;
  }

  find(schemaId: number): Promise<string | undefined> {
    let answer = this.#known.get(schemaId);
    if (answer === undefined) {
      answer = this.#ask(schemaId);
      this.#known.set(schemaId, answer);
      // Only what a registry has is kept for good: an id that it does not know may be registered later.
      const forget = (): void => void this.#known.delete(schemaId);
      answer.then((text) => text === undefined && forget(), forget);
    }
    return answer;
  }

  async #ask(schemaId: number): Promise<string | undefined> {
    const address = new URL(this.#url);
    address.pathname = `${address.pathname.replace(/\/+$/, '')}/schemas/ids/${schemaId}`;
    const unreachable = (what: string, cause?: unknown): AntaresError =>
      new AntaresError(
        'SCHEMA_REGISTRY_UNREACHABLE',
        `${address.href}: ${what}`,
        cause === undefined ? undefined : { cause },
      );
    try {
      const response = await fetch(address, {
        headers: {
          accept: 'application/vnd.schemaregistry.v1+json, application/json',
          ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
        },
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      if (response.status === 404) {
        await response.body?.cancel();
        return undefined;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw unreachable(`expected a schema, got HTTP status ${response.status}`);
      }
      return schemaOfAnswer(await readLimited(response, unreachable), unreachable);
    } catch (error) {
      if (error instanceof AntaresError) throw error;
      throw unreachable(`no answer within ${this.#timeoutMs} ms`, error);
    }
  }
}

/** The body of an answer, up to a limit that no schema reaches. */
async function readLimited(response: Response, unreachable: (what: string) => AntaresError): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > 2 * AVRO_LIMITS.schemaBytes)
      throw unreachable(`an answer of more than ${2 * AVRO_LIMITS.schemaBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function schemaOfAnswer(body: string, unreachable: (what: string, cause?: unknown) => AntaresError): string {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    throw unreachable('expected JSON', error);
  }
  const { schema, schemaType, references } = (answer ?? {}) as {
    schema?: unknown;
    schemaType?: unknown;
    references?: unknown;
  };
  if (typeof schema !== 'string') throw unreachable('expected {"schema": "…"}');
  if (schemaType !== undefined && schemaType !== 'AVRO')
    throw unreachable(`expected an Avro schema, got ${JSON.stringify(schemaType)}`);
  if (Array.isArray(references) && references.length > 0) {
    throw unreachable(
      'expected a schema that is whole; this one refers to others, which is not supported: use a schema folder',
    );
  }
  return schema;
}
