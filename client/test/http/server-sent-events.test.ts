import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ServerSentEvent, ServerSentEventParser } from '../../src/http/server-sent-events.ts';

const SEED = 7;

function parse(...pieces: string[]): ServerSentEvent[] {
  const parser = new ServerSentEventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

describe('Server-Sent Events', () => {
  it('are read with id, type and data; comments are passed over', () => {
    expect(parse(': heartbeat\n\nid: 7\nevent: alert\ndata: {"a":1}\n\ndata:x\ndata: y\n\n')).toEqual([
      { id: '7', type: 'alert', data: '{"a":1}' },
      { id: '7', type: 'message', data: 'x\ny' },
    ]);
  });

  it('are the same wherever the pieces are cut, with any line end', () => {
    const text =
      '\ufeffretry: 250\nid: a@1\nevent: alert\ndata: ε\n\n:c\n\nid: a@2\nevent: alert\ndata: 2\ndata:\n\nid: a@3\n\ndata: lost';
    const whole = parse(text);
    expect(whole.map(({ data }) => data)).toEqual(['ε', '2\n']);
    fc.assert(
      fc.property(
        fc.constantFrom('\n', '\r', '\r\n'),
        fc.array(fc.nat(text.length * 2), { maxLength: 20 }),
        (lineEnd, cuts) => {
          const other = text.replaceAll('\n', lineEnd);
          const at = [0, ...cuts.map((cut) => cut % other.length).sort((a, b) => a - b), other.length];
          const pieces = at.slice(1).map((end, i) => other.slice(at[i], end));
          expect(parse(...pieces)).toEqual(whole);
        },
      ),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('tell where to go on also by an id without data, as heartbeats have it', () => {
    const parser = new ServerSentEventParser();
    parser.push('id: stream/x@5\nretry: 3000\n\n');
    expect([parser.lastEventId, parser.retryMs]).toEqual(['stream/x@5', 3000]);
  });

  it('that the stream breaks off in are none', () => {
    expect(parse('data: 1\n')).toEqual([]);
  });
});
