import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AntaresError } from '../../src/model/errors.ts';
import { Indexer } from '../../src/operations/indexer.ts';
import { ScanSearchIndex } from '../../src/search-index/scan/scan-search-index.ts';
import type { LocusDocument } from '../../src/search-index/search-index.ts';
import { TopicLogStreams } from '../../src/streams/topic-log/topic-log-streams.ts';
import { topicOfStream } from '../../src/streams/topic-name.ts';
import { type HandMadePipeline, handMadePipeline, type MadeAlert } from '../pipeline/hand-made-alerts.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Notes what it is given, beside keeping it. */
class NotingIndex extends ScanSearchIndex {
  readonly puts: string[] = [];
  checkpoints = 0;
  /** Called before each put is taken. */
  onPut: () => Promise<void> | void = () => undefined;

  override async put(documents: readonly LocusDocument[]): Promise<void> {
    await this.onPut();
    this.puts.push(...documents.map(({ ref }) => ref.locusId));
    await super.put(documents);
  }

  override checkpoint(position: string): Promise<void> {
    this.checkpoints += 1;
    return super.checkpoint(position);
  }
}

describe('the indexer', () => {
  let pipeline: HandMadePipeline;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let streams: TopicLogStreams;
  let indexer: Indexer | undefined;
  beforeEach(async () => {
    pipeline = await handMadePipeline();
    folder = await temporaryFolder();
    streams = await TopicLogStreams.open(join(folder.path, 'streams'));
    indexer = undefined;
  });
  afterEach(async () => {
    await indexer?.close();
    await streams.close();
    await pipeline.dispose();
    await folder.dispose();
  });

  /** Takes alerts in and publishes what their commit announces, as the broker does. */
  async function take(...alerts: readonly MadeAlert[]): Promise<void> {
    const { pending } = await pipeline.run(...alerts);
    await streams.append(
      pending.flatMap(({ sequence, streams: names, key, value }) =>
        names.map((name) => ({
          ...{ topic: topicOfStream(name), key, value, timestampMs: 1 },
          producer: { id: 'lane-0', sequence },
        })),
      ),
    );
  }

  async function start(index: NotingIndex): Promise<void> {
    indexer = Indexer.start({ store: pipeline.store, streams, index });
    await indexer.ready;
  }

  const numAlerts = async (index: NotingIndex): Promise<number[]> => {
    const request = { query: { clause: 'match_all' as const }, sort: [], from: 0, size: 100 };
    const { hits } = await index.search({ ...request, sort: [{ field: 'properties.num_alerts', order: 'asc' }] });
    return hits.map(({ sort }) => Number(sort[0]));
  };

  it('fills an index that was never filled from the store, also with what came before the feed', async () => {
    await pipeline.run({ id: 'a', ra: 10, dec: 0 });
    await take({ id: 'b', ra: 20, dec: 0 }, { id: 'c', ra: 20, dec: 0 });
    const index = new NotingIndex();
    await start(index);
    expect(await numAlerts(index)).toEqual([1, 2]);
    expect(indexer!.status).toMatchObject({ state: 'following', behind: 0 });
  });

  it('follows what changes, and reads each locus as it is by then', async () => {
    const index = new NotingIndex();
    await start(index);
    await take({ id: 'a', ra: 10, dec: 0 });
    await take({ id: 'b', ra: 10, dec: 0 });
    await take({ id: 'c', ra: 20, dec: 0 });
    await indexer!.catchUp();
    expect(await numAlerts(index)).toEqual([1, 2]);
  });

  it('goes on from its checkpoint after a restart: what was in the index is not read again', async () => {
    const index = new NotingIndex();
    await start(index);
    await take({ id: 'a', ra: 10, dec: 0 });
    await indexer!.catchUp();
    await indexer!.close();
    index.puts.length = 0;
    await take({ id: 'b', ra: 20, dec: 0 });
    await start(index);
    expect(index.puts.length).toBe(1);
    expect(await numAlerts(index)).toEqual([1, 1]);
  });

  it('fills the index anew when its place in the feed does not exist: it is of another store', async () => {
    await take({ id: 'a', ra: 10, dec: 0 });
    const index = new NotingIndex();
    await index.checkpoint('changed-loci@99');
    await start(index);
    expect(await numAlerts(index)).toEqual([1]);
    expect(index.position).toBe(`changed-loci@${await streams.endOffset(topicOfStream('/changed-loci'))}`);
  });

  it('leaves no place behind when it is closed before the index is full', async () => {
    await take({ id: 'a', ra: 10, dec: 0 });
    const index = new NotingIndex();
    let isReached: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      isReached = resolve;
    });
    let goOn: () => void = () => undefined;
    index.onPut = () => {
      isReached();
      return new Promise<void>((resolve) => {
        goOn = resolve;
      });
    };
    indexer = Indexer.start({ store: pipeline.store, streams, index });
    await reached;
    const closed = indexer.close();
    goOn();
    await closed;
    expect(index.position).toBeUndefined();
  });

  it('leaves out a locus that the index can never take, and says which', async () => {
    await take({ id: 'a', ra: 10, dec: 0 }, { id: 'b', ra: 20, dec: 0 });
    const [bad] = (await pipeline.store.scanLoci(undefined, 1)).items;
    class ChoosyIndex extends NotingIndex {
      override put(documents: readonly LocusDocument[]): Promise<void> {
        if (documents.some(({ ref }) => ref.locusId === bad!.locusId)) {
          throw new AntaresError('SKY_POSITION_OUT_OF_RANGE', 'nowhere on the sky');
        }
        return super.put(documents);
      }
    }
    const index = new ChoosyIndex();
    const warnings: string[] = [];
    indexer = Indexer.start({
      ...{ store: pipeline.store, streams, index },
      onWarning: (message) => warnings.push(message),
    });
    await indexer.ready;
    expect(index.puts).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining(bad!.locusId)]);
  });

  it('tries again by itself when the index refuses, and says why', async () => {
    await take({ id: 'a', ra: 10, dec: 0 });
    const index = new NotingIndex();
    let refusals = 2;
    index.onPut = () => {
      refusals -= 1;
      if (refusals >= 0) throw new Error('no room');
    };
    const warnings: string[] = [];
    indexer = Indexer.start({
      ...{ store: pipeline.store, streams, index },
      onWarning: (message) => warnings.push(message),
    });
    await indexer.ready;
    expect(await numAlerts(index)).toEqual([1]);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/no room/);
  });
});
