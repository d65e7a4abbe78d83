import { AntaresError } from '../model/errors.ts';

const MAX_TOPIC_LENGTH = 249;

/**
 * Checks the name of a topic by the rules of Kafka, so that a name that works in one adapter works in all.
 *
 * @throws STREAM_TOPIC_INVALID
 */
export function checkTopicName(topic: string): void {
  if (topic.length <= MAX_TOPIC_LENGTH && /^[a-zA-Z0-9._-]+$/.test(topic) && topic !== '.' && topic !== '..') return;
  throw new AntaresError(
    'STREAM_TOPIC_INVALID',
    `a topic is named with 1 to ${MAX_TOPIC_LENGTH} of a-z A-Z 0-9 . _ - (and is neither . nor ..); got ${JSON.stringify(topic)}`,
  );
}

/** Prefix of the topics of streams on the wire: where the clients of ANTARES look for them. */
const STREAM_TOPIC_PREFIX = 'client.';
/** What the names of the broker's own streams begin with; no name of a configured stream can. */
const INTERNAL = '/';

/** The broker's own stream of which loci changed: what the search index follows. */
export const CHANGED_LOCI = '/changed-loci';

/** The topic on the wire of a stream: `client.` and its name; of one of the broker's own, its name alone. */
export function topicOfStream(stream: string): string {
  return stream.startsWith(INTERNAL) ? stream.slice(INTERNAL.length) : `${STREAM_TOPIC_PREFIX}${stream}`;
}

/** The stream of a topic; undefined for the broker's own. */
export function streamOfTopic(topic: string): string | undefined {
  return topic.startsWith(STREAM_TOPIC_PREFIX) ? topic.slice(STREAM_TOPIC_PREFIX.length) : undefined;
}
