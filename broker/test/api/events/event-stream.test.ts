import { describe, expect, it } from 'vitest';
import { formatEventId, parseEventId } from '../../../src/api/events/event-id.ts';
import { EventStream } from '../../../src/api/events/event-stream.ts';

const NEVER = 1_000_000;
const OPTIONS = { heartbeatMs: NEVER, patienceMs: NEVER, retryMs: 3_000 };

describe('a stream of events', () => {
  it('begins with how long to wait before coming back, and with the place where it begins', () => {
    const stream = new EventStream('changes@5.0', OPTIONS);
    expect(stream.read()).toBe('retry: 3000\nid: changes@5.0\n\n');
    stream.destroy();
  });

  it('gives signs of life, with the place that was come to meanwhile', async () => {
    const stream = new EventStream('changes@5.0', { ...OPTIONS, heartbeatMs: 1 });
    stream.passOver('changes@9.0');
    let text = '';
    for await (const piece of stream) {
      text += piece as string;
      if (text.includes('heartbeat')) break;
    }
    expect(text).toContain(': heartbeat\nid: changes@9.0\n\n');
  });

  it('holds up who sends while nobody reads, and keeps little', async () => {
    const stream = new EventStream('changes@0.0', OPTIONS);
    const data = JSON.stringify('x'.repeat(10_000));
    let sent = 0;
    const sending = (async () => {
      for (; sent < 1_000; sent += 1) await stream.send('alert', `changes@${sent}.0`, data);
      stream.end('DONE', 'that was all');
    })();
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeLessThan(20);
    expect(stream.readableLength).toBeLessThan(100_000);

    let text = '';
    for await (const piece of stream) text += piece as string;
    await sending;
    expect(text.match(/^id: changes@(\d+)\.0$/gm)!.length).toBe(1_001);
    expect(text).toMatch(/event: end\ndata: \{"code":"DONE","detail":"that was all"\}\n\n$/);
  });

  it('sends a reader away who takes nothing for too long, with a last event that says so', async () => {
    const stream = new EventStream('changes@0.0', { ...OPTIONS, patienceMs: 10 });
    const data = JSON.stringify('x'.repeat(10_000));
    let sent = 0;
    for (; !stream.isOver; sent += 1) await stream.send('alert', `changes@${sent}.0`, data);
    await stream.send('alert', 'changes@77.0', data);
    let text = '';
    for await (const piece of stream) text += piece as string;
    expect(text.match(/^event: alert$/gm)!.length).toBe(sent);
    expect(text).toMatch(/event: end\ndata: \{"code":"READER_TOO_SLOW",[^\n]+\}\n\n$/);
    expect(text).not.toContain('changes@77.0');
  });

  it('lets who sends go when the reader is gone', async () => {
    const stream = new EventStream('changes@0.0', OPTIONS);
    const data = JSON.stringify('x'.repeat(100_000));
    const sending = stream.send('alert', 'changes@1.0', data);
    stream.destroy();
    await sending;
    expect(stream.isOver).toBe(true);
  });
});

describe('the id of an event', () => {
  it('is read back as it was written', () => {
    for (const position of [
      { feed: 'stream', stream: 'extragalactic', offset: 0n },
      { feed: 'stream', stream: 'a.b_c-D', offset: 123_456_789_012_345_678n },
      { feed: 'changes', offset: 17n, done: 3 },
    ] as const) {
      expect(parseEventId(formatEventId(position))).toEqual(position);
    }
  });

  it('is no other text', () => {
    for (const text of [
      '',
      '17',
      'changes@1',
      'changes@-1.0',
      'changes@1.0\n',
      'stream/@1',
      'stream/a/b@1',
      'stream/a@x',
    ]) {
      expect(parseEventId(text)).toBeUndefined();
    }
  });
});
