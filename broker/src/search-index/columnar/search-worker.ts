import { parentPort, workerData } from 'node:worker_threads';
import { AntaresError, errorMessage } from '../../model/errors.ts';
import { ColumnarSearchIndex } from './columnar-search-index.ts';
import type { FromSearchWorker, SearchCall, SearchWorkerSetup, SentError, ToSearchWorker } from './search-messages.ts';

/*
 * The thread that an index lives in: opens it, answers calls in the order in which they come (searches overtake changes
 * that wait for a checkpoint), ends when it is closed.
 */

const port = parentPort;
if (port === null) throw new TypeError('search-worker is started by ThreadedSearchIndex, as a worker thread');

try {
  let damaged: SentError | undefined;
  const index = await ColumnarSearchIndex.open({
    ...(workerData as SearchWorkerSetup),
    onDamaged: (error) => {
      damaged = toSent(error);
    },
  });
  port.on('message', ({ id, call }: ToSearchWorker) => {
    answer(index, call).then(
      (value) => {
        post({ type: 'answer', id, value });
        if (call.call === 'close') port.close();
      },
      (error: unknown) => post({ type: 'failed', id, error: toSent(error) }),
    );
  });
  post({ type: 'opened', position: index.position, damaged });
} catch (error) {
  post({ type: 'failed', id: undefined, error: toSent(error) });
}

function answer(index: ColumnarSearchIndex, call: SearchCall): Promise<unknown> {
  switch (call.call) {
    case 'put':
      return index.putPacked(call.documents);
    case 'remove':
      return index.remove(call.locusIds);
    case 'search':
      return index.search(call.request);
    case 'defineProperties':
      return index.defineProperties(call.properties);
    case 'fields':
      return index.fields();
    case 'size':
      return index.size();
    case 'memory':
      return Promise.resolve(index.memory());
    case 'checkpoint':
      return index.checkpoint(call.position);
    case 'close':
      return index.close();
  }
}

function post(message: FromSearchWorker): void {
  port!.postMessage(message);
}

function toSent(error: unknown): SentError {
  return { code: error instanceof AntaresError ? error.code : undefined, message: errorMessage(error) };
}
