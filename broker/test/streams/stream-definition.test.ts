import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesTags, parseStreamDefinitions, StreamIndex } from '../../src/streams/stream-definition.ts';
import type { TagExpression } from '../../src/streams/tag-expression.ts';
import { CHANGED_LOCI, streamOfTopic, topicOfStream } from '../../src/streams/topic-name.ts';

const tag = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const expressions = fc.letrec<{ any: TagExpression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    tag,
    fc.record({ anyOf: fc.array(tie('any'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ allOf: fc.array(tie('any'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('any') }),
  ),
})).any;

/** The meaning of an expression, straight from its definition. */
function means(expression: TagExpression, tags: ReadonlySet<string>): boolean {
  if (typeof expression === 'string') return tags.has(expression);
  if ('not' in expression) return !means(expression.not, tags);
  if ('anyOf' in expression) return expression.anyOf.filter((part) => means(part, tags)).length > 0;
  return expression.allOf.filter((part) => !means(part, tags)).length === 0;
}

describe('streams by tag', () => {
  it('a locus goes to exactly the streams whose expression its tags satisfy', () => {
    fc.assert(
      fc.property(
        fc.array(expressions, { maxLength: 12 }),
        fc.array(fc.uniqueArray(tag), { maxLength: 6 }),
        (definitions, sets) => {
          const index = new StreamIndex(definitions.map((tags, i) => ({ name: `s${i}`, tags })));
          for (const list of [...sets, ...sets]) {
            const tags = new Set(list);
            expect(index.matching(tags)).toEqual(
              definitions.flatMap((expression, i) => (means(expression, tags) ? [`s${i}`] : [])),
            );
            for (const expression of definitions) expect(matchesTags(expression, tags)).toBe(means(expression, tags));
          }
        },
      ),
      { seed: 20200101, numRuns: 300 },
    );
  });

  it('no stream of a configuration can take the name of one of the broker’s own', () => {
    expect(() => parseStreamDefinitions({ [CHANGED_LOCI]: 'a' })).toThrow(/broker’s own|named with/);
    expect(streamOfTopic(topicOfStream(CHANGED_LOCI))).toBeUndefined();
    expect(streamOfTopic(topicOfStream('a'))).toBe('a');
  });

  it('a stream of a tag, a union, an intersection and a difference are written in the configuration', () => {
    const index = new StreamIndex(
      parseStreamDefinitions({
        nuclear_transient: 'nuclear_transient',
        anything_extragalactic: 'extragalactic | nuclear_transient',
        bright: 'high_snr & extragalactic',
        static_sky: 'high_snr & !sso_confirmed',
      }),
    );
    expect(index.names).toEqual(['nuclear_transient', 'anything_extragalactic', 'bright', 'static_sky']);
    expect(index.matching(new Set(['nuclear_transient']))).toEqual(['nuclear_transient', 'anything_extragalactic']);
    expect(index.matching(new Set(['extragalactic', 'high_snr', 'sso_confirmed']))).toEqual([
      'anything_extragalactic',
      'bright',
    ]);
    expect(index.matching(new Set(['high_snr']))).toEqual(['static_sky']);
    expect(index.matching(new Set())).toEqual([]);
    expect(topicOfStream('bright')).toBe('client.bright');
  });

  it('names that make no topic, twins, and unreadable tags are refused with the name of the stream', () => {
    for (const name of ['', 'a b', 'x'.repeat(243)]) {
      expect(() => parseStreamDefinitions({ [name]: 'a' })).toThrowError(
        expect.objectContaining({ code: 'STREAM_NAME_INVALID' }),
      );
    }
    expect(() => parseStreamDefinitions({ bright: 'a &' })).toThrowError(
      expect.objectContaining({ code: 'STREAM_EXPRESSION_INVALID', message: expect.stringContaining('stream bright') }),
    );
    expect(
      () =>
        new StreamIndex([
          { name: 'a', tags: 'x' },
          { name: 'a', tags: 'y' },
        ]),
    ).toThrowError(expect.objectContaining({ code: 'STREAM_NAME_DUPLICATE' }));
  });
});
