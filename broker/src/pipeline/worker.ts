import { parentPort, workerData } from 'node:worker_threads';
import { CatalogSet } from '../catalogs/catalog-set.ts';
import { errorCode, errorMessage } from '../model/errors.ts';
import type { LaneResult } from './lane.ts';
import { LaneRunner } from './lane-runner.ts';
import { layMessages } from './message-memory.ts';
import { openPipelineContext } from './pipeline-context.ts';
import { MemoryReceiver } from './sent-memories.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts';

/**
 * Entry of a worker thread: a lane of the pipeline behind a message port. It opens the store and attaches to what the
 * main thread shares; then it runs blocks in the order in which they come.
 */
const port = parentPort;
if (port === null) throw new TypeError('this file is the entry of a worker thread');
const setup = workerData as WorkerSetup;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
const stopping = new AbortController();
const memories = new MemoryReceiver();

const context = await openPipelineContext(setup);
const runner = new LaneRunner(context, { onStall: (reason) => post({ type: 'stall', reason }) }, stopping.signal);

port.on('message', (message: ToWorker) => {
  if (message.type === 'stop') stopping.abort();
  void handle(message);
});
post({ type: 'ready' });

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'block':
      try {
        const block = {
          ...message.block,
          memories: message.block.memories.map((memory) => memories.receive(memory)),
          messageMemory: memories.receive(message.block.messageMemory),
        };
        const result = await runner.run(block);
        const laid = layMessages(result.pending, block.messageMemory);
        if (laid === undefined) post({ type: 'result', id: message.id, result, laid }, transferable(result));
        else post({ type: 'result', id: message.id, result: { ...result, pending: [] }, laid });
      } catch (error) {
        post({ type: 'failure', id: message.id, code: errorCode(error), message: errorMessage(error) });
      }
      return;
    case 'forget':
      memories.forget(message.memory);
      return;
    case 'catalogs':
      await runner.change({
        catalogs: new CatalogSet(context.store, message.images),
        provenanceId: message.provenanceId,
      });
      return;
    case 'stop':
      await runner.finished();
      await context.filters.close();
      await context.coordination.close();
      await context.store.close();
      port!.close();
  }
}

/** Buffers of messages that are handed over instead of copied. */
function transferable(result: LaneResult): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { value } of result.pending) {
    if (value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength) buffers.add(value.buffer);
  }
  return [...buffers];
}
