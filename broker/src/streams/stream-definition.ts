import { AntaresError } from '../model/errors.ts';
import { parseTagExpression, type TagExpression } from './tag-expression.ts';
import { checkTopicName, topicOfStream } from './topic-name.ts';

/** A stream: a name, and the tags of the loci that it wants. The paper, section 8. */
export interface StreamDefinition {
  readonly name: string;
  readonly tags: TagExpression;
}

/**
 * Streams as a configuration spells them: names with expressions, `{"galaxies": "extragalactic & !sso_candidates"}`.
 *
 * @throws STREAM_NAME_INVALID, STREAM_EXPRESSION_INVALID  the message names the stream
 */
export function parseStreamDefinitions(streams: Readonly<Record<string, string>>): StreamDefinition[] {
  return Object.entries(streams).map(([name, text]) => {
    checkStreamName(name);
    try {
      return { name, tags: parseTagExpression(text) };
    } catch (cause) {
      throw new AntaresError('STREAM_EXPRESSION_INVALID', `stream ${name}: ${(cause as Error).message}`, { cause });
    }
  });
}

/**
 * Checks the name of a stream: its topic (`client.<name>`) must be one.
 *
 * @throws STREAM_NAME_INVALID
 */
export function checkStreamName(name: string): void {
  try {
    checkTopicName(topicOfStream(name));
    if (name === '' || name.startsWith('/')) {
      throw new AntaresError('STREAM_TOPIC_INVALID', 'the name is empty, or one of the broker’s own');
    }
  } catch (cause) {
    throw new AntaresError(
      'STREAM_NAME_INVALID',
      `a stream is named with 1 to 242 of a-z A-Z 0-9 . _ -; got ${JSON.stringify(name)}`,
      {
        cause,
      },
    );
  }
}

/** A stream prepared for matching. */
interface CompiledStream {
  readonly name: string;
  /** Place in the order of definition. */
  readonly place: number;
  readonly wants: (tags: ReadonlySet<string>) => boolean;
}

/**
 * Which streams want a locus, by its tags.
 *
 * Finds them by tag: a locus with k tags is only asked about streams that could want one of these, however many streams
 * there are. What is found for a set of tags is remembered, since most loci share theirs with many others.
 */
export class StreamIndex {
  readonly names: readonly string[];
  /** Streams under each tag of a set of which a matching locus has at least one. */
  readonly #byTag = new Map<string, CompiledStream[]>();
  /** Streams that want loci for what they lack; every locus is asked about them. */
  readonly #always: CompiledStream[] = [];
  readonly #remembered = new Map<string, readonly string[]>();

  /** @throws STREAM_NAME_DUPLICATE */
  constructor(definitions: readonly StreamDefinition[]) {
    this.names = definitions.map(({ name }) => name);
    const seen = new Set<string>();
    for (const [place, { name, tags }] of definitions.entries()) {
      if (seen.has(name))
        throw new AntaresError('STREAM_NAME_DUPLICATE', `there are two streams of the name ${name}; rename one`);
      seen.add(name);
      const stream: CompiledStream = { name, place, wants: compile(tags) };
      const triggers = triggersOf(tags);
      if (triggers === undefined) {
        this.#always.push(stream);
        continue;
      }
      for (const tag of triggers) {
        const streams = this.#byTag.get(tag);
        if (streams === undefined) this.#byTag.set(tag, [stream]);
        else streams.push(stream);
      }
    }
  }

  /** Names of the streams that want a locus with these tags, in the order of definition. */
  matching(tags: ReadonlySet<string>): readonly string[] {
    // No tag holds a line break, so the joined text tells sets apart. Order is the locus' own: two orders of the same tags
    // are remembered twice, which is cheaper than sorting each time.
    const key = [...tags].join('\n');
    let names = this.#remembered.get(key);
    if (names === undefined) {
      names = this.#find(tags);
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(key, names);
    }
    return names;
  }

  #find(tags: ReadonlySet<string>): readonly string[] {
    const found = new Set<CompiledStream>();
    for (const stream of this.#always) if (stream.wants(tags)) found.add(stream);
    for (const tag of tags) {
      for (const stream of this.#byTag.get(tag) ?? []) if (!found.has(stream) && stream.wants(tags)) found.add(stream);
    }
    return [...found].sort((a, b) => a.place - b.place).map(({ name }) => name);
  }
}

const MAX_REMEMBERED = 4096;

/** Whether a locus with these tags is one that the expression wants. */
export function matchesTags(expression: TagExpression, tags: ReadonlySet<string>): boolean {
  return compile(expression)(tags);
}

function compile(expression: TagExpression): (tags: ReadonlySet<string>) => boolean {
  if (typeof expression === 'string') return (tags) => tags.has(expression);
  if ('anyOf' in expression) {
    const parts = expression.anyOf.map(compile);
    return (tags) => parts.some((part) => part(tags));
  }
  if ('allOf' in expression) {
    const parts = expression.allOf.map(compile);
    return (tags) => parts.every((part) => part(tags));
  }
  const part = compile(expression.not);
  return (tags) => !part(tags);
}

/** Tags of which every matching locus has at least one; undefined when a locus may match with none at all. */
function triggersOf(expression: TagExpression): readonly string[] | undefined {
  if (typeof expression === 'string') return [expression];
  if ('not' in expression) return undefined;
  if ('anyOf' in expression) {
    const all: string[] = [];
    for (const part of expression.anyOf) {
      const triggers = triggersOf(part);
      if (triggers === undefined) return undefined;
      all.push(...triggers);
    }
    return [...new Set(all)];
  }
  let fewest: readonly string[] | undefined;
  for (const part of expression.allOf) {
    const triggers = triggersOf(part);
    if (triggers !== undefined && (fewest === undefined || triggers.length < fewest.length)) fewest = triggers;
  }
  return fewest;
}
