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

/** The topic on the wire of a stream: `client.` and its name, which is where the clients of ANTARES look for it. */
export function topicOfStream(stream: string): string {
  return `client.${stream}`;
}
