import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTagExpression, parseTagExpression, type TagExpression } from '../../src/streams/tag-expression.ts';

const expressions = fc.letrec<{ any: TagExpression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('extragalactic', 'LAISS_RFC_AD', 'or', 'NOT', 'two words', 'quote"d', 'back\\slash', 'ü.β-1:x'),
    fc.record({ anyOf: fc.array(tie('any'), { minLength: 2, maxLength: 4 }) }),
    fc.record({ allOf: fc.array(tie('any'), { minLength: 2, maxLength: 4 }) }),
    fc.record({ not: tie('any') }),
  ),
})).any;

describe('tag expressions', () => {
  it('read the unions and intersections of the paper', () => {
    expect(parseTagExpression('extragalactic')).toBe('extragalactic');
    expect(parseTagExpression('extragalactic & (sn1a_candidate | young)')).toEqual({
      allOf: ['extragalactic', { anyOf: ['sn1a_candidate', 'young'] }],
    });
    expect(parseTagExpression('a | b & !c | d')).toEqual({ anyOf: ['a', { allOf: ['b', { not: 'c' }] }, 'd'] });
    expect(parseTagExpression('a AND b or not c')).toEqual({ anyOf: [{ allOf: ['a', 'b'] }, { not: 'c' }] });
    expect(parseTagExpression('a&&b||c')).toEqual({ anyOf: [{ allOf: ['a', 'b'] }, 'c'] });
    expect(parseTagExpression('"two words" & "or"')).toEqual({ allOf: ['two words', 'or'] });
  });

  it('come back from their text unchanged', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(parseTagExpression(formatTagExpression(expression))).toEqual(expression);
      }),
      { seed: 20200101, numRuns: 500 },
    );
  });

  it('say what is wrong, and where', () => {
    for (const [text, message] of [
      ['', 'expected a tag, ! or ( at character 1 of "", got the end'],
      ['a &', 'expected a tag, ! or ( at character 4 of "a &", got the end'],
      ['a b', 'expected & or | before it, or the end at character 3 of "a b", got "b"'],
      ['(a | b', 'expected ) for the ( at character 1 at character 7 of "(a | b", got the end'],
      ['a | b)', 'expected & or | before it, or the end at character 6 of "a | b)", got ")"'],
      ['a + b', 'expected a tag, &, |, ! or parentheses at character 3 of "a + b", got "+"'],
      ['"a', 'expected a second " at character 3 of "\\"a", got the end'],
      ['a & ""', 'expected a tag between the quotes at character 5 of "a & \\"\\"", got ""'],
    ] as const) {
      expect(() => parseTagExpression(text), text).toThrowError(
        expect.objectContaining({ code: 'STREAM_EXPRESSION_INVALID', message }),
      );
    }
    expect(() => parseTagExpression('('.repeat(100_000))).toThrowError(
      expect.objectContaining({ code: 'STREAM_EXPRESSION_INVALID' }),
    );
  });
});
