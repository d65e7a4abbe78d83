import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { AlertStore } from '../alert-store/alert-store.ts';
import { toJsonText, type WireValue } from '../api/json-text.ts';
import { openAlertStore, openSearchIndex, openStreamReader } from '../backends.ts';
import type { Config } from '../config/config.ts';
import { AntaresError, errorMessage } from '../model/errors.ts';
import { locusToJson } from '../model/json.ts';
import { Indexer, toLocusDocument } from '../operations/indexer.ts';
import { knownProperties } from '../operations/known-properties.ts';
import { parseJson } from '../search-index/query/parse-json.ts';
import { parseSearchBody } from '../search-index/query/parse-search-body.ts';
import { parseSort } from '../search-index/query/parse-sort.ts';
import { OPERATOR_QUERY_LIMITS } from '../search-index/query/query-limits.ts';
import { ScanSearchIndex } from '../search-index/scan/scan-search-index.ts';
import type { SearchIndex, SearchRequest } from '../search-index/search-index.ts';
import { configOf, requireStore, type StoreOptions, wholeNumber, withStoreOptions } from './common-options.ts';
import { ProgressLine, writeError, writeLine, writeLines } from './output.ts';

interface SearchOptions extends StoreOptions {
  readonly count?: boolean;
  readonly fromScan?: boolean;
  readonly sort?: string;
  readonly limit?: number;
  readonly aggs?: boolean;
}

/** Loci asked of the index at a time. */
const PAGE = 2000;
/** Loci read from the store at a time. */
const STORE_PAGE = 512;

/** `antares search`: loci that match a query, from the index or, for checks, from a scan of the store. */
export function registerSearch(program: Command): void {
  withStoreOptions(
    program
      .command('search [file]')
      .description(
        'loci that match a query document, one a line, in the order asked for; - or nothing reads it from standard input',
      ),
  )
    .option('--count', 'print how many there are, exactly, and nothing else')
    .option('--sort <fields>', 'order, such as -properties.newest_alert_observation_time,ra (default: by locus id)')
    .option('--limit <n>', 'at most so many loci (default: all)', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--aggs', 'print the aggregations of the document as one JSON object, and nothing else')
    .option('--from-scan', 'answer from the store without the index: slow, for checks')
    .addHelpText(
      'after',
      `\nExample:\n  echo '{"query":{"term":{"tags":"extragalactic"}}}' | antares search --sort -properties.num_alerts --limit 10`,
    )
    .action(async (file: string | undefined, options: SearchOptions) => {
      const request = requestOf(await readText(file ?? '-'), options);
      const config = configOf(options);
      requireStore(config);
      const store = await openAlertStore(config, 'reader');
      try {
        const answer = async (index: SearchIndex): Promise<void> => {
          await index.defineProperties(await propertiesOf(store));
          if (options.count === true) {
            await writeLine(String((await index.search({ ...request, size: 0 })).total));
          } else if (options.aggs === true) {
            const { aggregations } = await index.search({ ...request, size: 0 });
            await writeLine(toJsonText(aggregations as WireValue));
          } else {
            await writeLines(foundLoci(store, index, request, options.fromScan === true ? request.size : PAGE));
          }
        };
        if (options.fromScan === true) await withScan(store, answer);
        else await withIndex(config, store, answer);
      } finally {
        await store.close();
      }
    });
}

/** The request of a document and the options beside it. @throws what `parseSearchText` throws */
function requestOf(text: string, { sort, limit }: SearchOptions): SearchRequest {
  const body = parseJson(text.trim() === '' ? '{}' : text);
  const request = parseSearchBody(body, { form: 'own', limits: OPERATOR_QUERY_LIMITS });
  const saysSize = typeof body === 'object' && body !== null && 'size' in body;
  return {
    ...request,
    sort: sort === undefined ? request.sort : parseSort(sort),
    size: limit ?? (saysSize ? request.size : Number.MAX_SAFE_INTEGER - request.from),
  };
}

async function readText(file: string): Promise<string> {
  if (file === '-') return readAll(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AntaresError('USAGE_FILE_UNREADABLE', `cannot read the query document ${file}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

async function propertiesOf(store: AlertStore): Promise<Parameters<SearchIndex['defineProperties']>[0]> {
  const all = [...knownProperties([]), ...(await store.listProperties())];
  return all.filter(({ subject }) => subject === 'locus').map(({ name, type }) => ({ name, type }));
}

/** Loci as lines of JSON, in the order of the search, page after page. */
async function* foundLoci(
  store: AlertStore,
  index: SearchIndex,
  request: SearchRequest,
  pageSize: number,
): AsyncGenerator<string> {
  let page: SearchRequest = request;
  for (let left = request.size; left > 0; ) {
    const { hits } = await index.search({ ...page, aggregations: undefined, size: Math.min(left, pageSize) });
    for (let i = 0; i < hits.length; i += STORE_PAGE) {
      const refs = hits.slice(i, i + STORE_PAGE).map(({ ref }) => ref);
      for (const record of await store.getLocusRecords(refs)) {
        if (record !== undefined) yield JSON.stringify(locusToJson(record));
      }
    }
    const last = hits.at(-1);
    if (last === undefined || hits.length < pageSize) return;
    left -= hits.length;
    page = { ...request, from: 0, searchAfter: last.sort };
  }
}

/** Answers from every document of the store. */
async function withScan(store: AlertStore, answer: (index: SearchIndex) => Promise<void>): Promise<void> {
  const index = new ScanSearchIndex();
  const progress = new ProgressLine();
  const { loci } = await store.totals();
  let token: string | undefined;
  do {
    const page = await store.scanLoci(token, STORE_PAGE);
    const records = await store.readLoci(page.items);
    await index.put(records.flatMap((record) => (record === undefined ? [] : [toLocusDocument(record)])));
    const size = await index.size();
    progress.show(() => `reading the store: ${size} of ${loci} loci`);
    token = page.next;
  } while (token !== undefined);
  progress.clear();
  await answer(index);
}

/** Answers from the snapshot of the index, with what changed since; from one built in memory where there is none. */
async function withIndex(
  config: Config,
  store: AlertStore,
  answer: (index: SearchIndex) => Promise<void>,
): Promise<void> {
  const index = await openSearchIndex(config, 'reader', (error) => writeError(errorMessage(error)));
  const streams = await openStreamReader(config);
  const progress = new ProgressLine();
  if (index.position === undefined)
    writeError('there is no snapshot of the search index: it is built in memory, from the store');
  let fail: (error: Error) => void = () => undefined;
  // The indexer tries again for ever, as a broker should; somebody at a terminal wants to know.
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const indexer = Indexer.start({
    store,
    streams,
    index,
    keepsIndex: false,
    onWarning: (message) => fail(new AntaresError('SEARCH_INDEX_NOT_READY', message)),
  });
  const shown = setInterval(() => {
    const { state, indexed, total, behind } = indexer.status;
    progress.show(() =>
      state === 'building' ? `building the index: ${indexed} of ${total} loci` : `catching up: ${behind} messages`,
    );
  }, 200);
  try {
    await Promise.race([indexer.ready, failed]);
    clearInterval(shown);
    progress.clear();
    await Promise.race([answer(index), failed]);
  } finally {
    clearInterval(shown);
    failed.catch(() => undefined);
    await indexer.close();
    await streams.close();
    await index.close();
  }
}
