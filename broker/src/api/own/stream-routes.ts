import { Type } from 'typebox';
import { topicOfStream } from '../../streams/topic-name.ts';
import type { ApiContext } from '../api-context.ts';
import { badRequest, notFound } from '../api-error.ts';
import { defineRoute, type Route } from '../route.ts';
import { STREAM_PAGE_ANSWER, STREAMS_ANSWER } from './answer-schemas.ts';

/** Most messages of a page. */
const MAX_PAGE = 1_000;

/** The streams there are, and their messages, page by page from any point. */
export function streamRoutes({ config, streams, readStreamMessage }: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/streams',
      summary: 'The streams, the tags that each wants, and from where to where it can be read',
      access: 'anyone',
      cost: 'cheap',
      query: Type.Object({}, { additionalProperties: false }),
      answers: { 200: STREAMS_ANSWER },
      handle: async () => {
        const names = Object.keys(config.streams).sort();
        return {
          json: {
            streams: await Promise.all(
              names.map(async (name) => {
                const topic = topicOfStream(name);
                const [start, end] = await Promise.all([streams.startOffset(topic), streams.endOffset(topic)]);
                return {
                  name,
                  topic,
                  start_offset: start.toString(),
                  end_offset: end.toString(),
                  tags: config.streams[name],
                };
              }),
            ),
          },
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/streams/:name',
      summary: 'Messages of a stream',
      description:
        'Read on with `from` = `next_offset`. Offsets are decimal text. A page that is empty is at the end of the stream. A page may hold fewer messages than asked for.',
      access: 'anyone',
      cost: 'bulk',
      params: Type.Object({ name: Type.String() }),
      query: Type.Object(
        {
          from: Type.Optional(
            Type.String({ description: 'Offset of the first message: decimal digits. Default: the oldest there is' }),
          ),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100 })),
        },
        { additionalProperties: false },
      ),
      answers: { 200: STREAM_PAGE_ANSWER },
      handle: async ({ params: { name }, query: { from, limit = 100 } }) => {
        if (!Object.hasOwn(config.streams, name)) {
          throw notFound('STREAM_UNKNOWN', 'there is no stream of this name; GET /api/streams lists them');
        }
        const topic = topicOfStream(name);
        const offset = from === undefined ? await streams.startOffset(topic) : toOffset(from);
        const { records, nextOffset, endOffset } = await streams.read(topic, offset, limit);
        return {
          json: {
            messages: records.map(({ offset: at, key, value, timestampMs }) => ({
              offset: at.toString(),
              key,
              published_at: new Date(timestampMs).toISOString(),
              locus: readStreamMessage(value),
            })),
            next_offset: nextOffset.toString(),
            end_offset: endOffset.toString(),
          },
        };
      },
    }),
  ];
}

/** An offset from its text. @throws 400 */
export function toOffset(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) {
    throw badRequest('STREAM_OFFSET_INVALID', 'expected an offset: decimal digits, at most 18');
  }
  return BigInt(text);
}
