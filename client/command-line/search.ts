import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { AntaresError, parseExactJson, type QueryClause, query } from '@antares/client';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, wholeNumber, withConnection } from './connection.ts';
import { writeLoci } from './locus-lines.ts';
import { writeLine } from './output.ts';
import { parseCone } from './sky-position.ts';

interface SearchOptions extends ConnectionOptions {
  readonly tag?: readonly string[];
  readonly catalog?: readonly string[];
  readonly cone?: string;
  readonly where?: readonly string[];
  readonly text?: string;
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly count?: boolean;
  readonly through: 'api' | 'v1';
  readonly json?: boolean;
}

/** `antares-client search`. */
export function registerSearch(program: Command): void {
  withConnection(program.command('search'))
    .description('Find loci: by a query document, or by conditions, which all must hold')
    .argument('[file]', 'a query document, {"query": …}; - for standard input')
    .option('--tag <name...>', 'loci with one of these tags')
    .option('--catalog <name...>', 'loci with an object of one of these catalogues')
    .option('--cone <ra,dec,radius>', 'within a circle [deg, deg, arcsec]')
    .option('--where <condition...>', 'a property and its value: num_alerts>=10, ztf_object_id=ZTF20aafqubg')
    .option('--text <line>', "a line in Lucene's language: tags:nuclear_transient AND properties.num_alerts:>=10")
    .option('--sort <field...>', 'sort by, - before it for descending (default: newest alert first)')
    .option('--limit <n>', 'at most so many loci', wholeNumber)
    .option('--count', 'only how many there are')
    .addOption(
      new Option('--through <interface>', 'v1 also works with servers of ANTARES itself')
        .choices(['api', 'v1'])
        .default('api'),
    )
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: SearchOptions) => {
      const clause = await clauseOf(file, options);
      const { loci } = await connect(options);
      if (options.count === true) {
        await writeLine(String(await loci.count(clause)));
        return;
      }
      const { sort, limit } = options;
      const found =
        options.through === 'v1' ? loci.searchV1(clause, { sort, limit }) : loci.search(clause, { sort, limit });
      await writeLoci(found, options.json === true);
    });
}

const EXAMPLES = `
Examples:
  antares-client search --tag nuclear_transient --where 'num_alerts>=10' 'newest_alert_magnitude<18' --limit 20
  antares-client search query.json --json | jq .locus_id
  echo '{"query":{"match_all":{}}}' | antares-client search - --count`;

async function clauseOf(file: string | undefined, options: SearchOptions): Promise<QueryClause> {
  const clauses: QueryClause[] = [];
  if (file !== undefined)
    clauses.push(readDocument(file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')));
  if (options.tag !== undefined) clauses.push(query.tag(...options.tag));
  if (options.catalog !== undefined) clauses.push(query.catalog(...options.catalog));
  if (options.cone !== undefined) clauses.push(query.cone(parseCone(options.cone)));
  if (options.text !== undefined) clauses.push(query.text(options.text));
  for (const condition of options.where ?? []) clauses.push(parseCondition(condition));
  if (clauses.length === 0) return query.all();
  return clauses.length === 1 && clauses[0] !== undefined ? clauses[0] : query.and(...clauses);
}

/** The clause in a query document. */
function readDocument(document: string): QueryClause {
  let value: unknown;
  try {
    value = parseExactJson(document);
  } catch (cause) {
    throw new AntaresError('USAGE_QUERY', 'expected a query document such as {"query":{"match_all":{}}}, got no JSON', {
      cause,
    });
  }
  if (typeof value === 'object' && value !== null && 'query' in value && Object.keys(value).length === 1) {
    const { query: clause } = value;
    if (typeof clause === 'object' && clause !== null && !Array.isArray(clause)) return clause as QueryClause;
  }
  throw new AntaresError(
    'USAGE_QUERY',
    'expected a query document such as {"query":{"match_all":{}}}: an object with `query` alone',
  );
}

const BOUNDS = { '>=': 'gte', '>': 'gt', '<=': 'lte', '<': 'lt' } as const;

/** `num_alerts>=10` as a clause. Values are text: the server knows which properties are numbers. */
function parseCondition(condition: string): QueryClause {
  const match = /^\s*([\w.]+)\s*(>=|<=|>|<|=)\s*(.+?)\s*$/.exec(condition);
  const [, field, operator, value] = match ?? [];
  if (field === undefined || operator === undefined || value === undefined) {
    throw new AntaresError(
      'USAGE_CONDITION',
      `expected a condition such as num_alerts>=10 (one of = > >= < <=), got ${JSON.stringify(condition)}`,
    );
  }
  if (operator === '=') return query.term(field, value);
  return query.range(field, { [BOUNDS[operator as keyof typeof BOUNDS]]: value });
}
