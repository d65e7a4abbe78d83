// Who may import whom: the promise of the layout, kept by a check instead of by memory. Also: no cycles, and the
// environment and the end of the process each in one place.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { root } from './ready.mjs';

const source = join(root, 'broker/src');

/** Folder → folders whose files it may import. A folder may always import itself. */
const CONTRACTS = ['alert-store', 'search-index', 'streams', 'coordination', 'user-data', 'jobs'];
const BELOW_CONTRACTS = ['model', 'sky'];
const ALLOWED = {
  model: [],
  disk: ['model'],
  sky: ['model'],
  surveys: BELOW_CONTRACTS,
  sources: [...BELOW_CONTRACTS, 'disk'],
  ...Object.fromEntries(CONTRACTS.map((port) => [port, [...BELOW_CONTRACTS, 'disk']])),
  config: ['model'],
  catalogs: [...BELOW_CONTRACTS, ...CONTRACTS],
  filters: [...BELOW_CONTRACTS, ...CONTRACTS],
  simulator: [...BELOW_CONTRACTS, 'surveys'],
  pipeline: [...BELOW_CONTRACTS, 'disk', ...CONTRACTS, 'surveys', 'catalogs', 'filters', 'config', 'backends.ts'],
  operations: [
    ...BELOW_CONTRACTS,
    'disk',
    ...CONTRACTS,
    'surveys',
    'sources',
    'catalogs',
    'filters',
    'pipeline',
    'config',
    'simulator',
    'backends.ts',
  ],
  'backends.ts': [...CONTRACTS, 'config'],
  api: [...BELOW_CONTRACTS, ...CONTRACTS, 'catalogs', 'config', 'surveys', 'operations'],
  commands: '*',
  'main.ts': ['commands'],
};
/** Folders inside a port that hold an adapter: nobody but `backends.ts` and the adapter itself may import them. */
const ADAPTERS = [
  'alert-store/lmdb',
  'streams/topic-log',
  'coordination/in-process',
  'search-index/columnar',
  'user-data/sqlite',
];
/** Folders inside a port that its adapters share: nobody outside the port may import them. */
const SHARED_BY_ADAPTERS = ['user-data/sql', 'user-data/migrations'];

const problems = [];
const files = walk(source).filter((file) => file.endsWith('.ts'));
const graph = new Map();
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const name = relative(source, file);
  const place = name.split('/')[0];
  const imports = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/g,
  )) {
    const isType = match[1] !== undefined;
    const path = match[2] ?? match[3];
    if (!path.startsWith('.')) continue;
    const target = resolve(dirname(file), path);
    const targetName = relative(source, target);
    const targetPlace = targetName.split('/')[0];
    // Types vanish when the program runs, so they make no cycle; the order of the layers holds for them all the same.
    if (!isType) imports.push(target);
    const allowed = ALLOWED[place];
    if (allowed === undefined)
      problems.push(
        `${name}: the folder ${place} is not in the layout; add it to scripts/check-imports.mjs with what it may import`,
      );
    else if (allowed !== '*' && targetPlace !== place && !allowed.includes(targetPlace)) {
      problems.push(
        `${name} imports ${targetName}: ${place} may import ${allowed.length === 0 ? 'nothing but itself' : allowed.join(', ')}`,
      );
    }
    const adapter = ADAPTERS.find((folder) => targetName.startsWith(`${folder}/`));
    if (adapter !== undefined && name !== 'backends.ts' && !name.startsWith(`${adapter}/`)) {
      problems.push(`${name} imports the adapter ${adapter}: only backends.ts may`);
    }
    const shared = SHARED_BY_ADAPTERS.find((folder) => targetName.startsWith(`${folder}/`));
    if (shared !== undefined && !shared.startsWith(`${place}/`)) {
      problems.push(`${name} imports ${targetName}: ${shared} is for the adapters of its port`);
    }
  }
  graph.set(file, imports);
  if (/process\.env\b/.test(text) && place !== 'config') problems.push(`${name} reads process.env: only config/ may`);
  if (/process\.exit\(/.test(text) && name !== 'main.ts') problems.push(`${name} ends the process: only main.ts may`);
}
for (const cycle of cycles(graph))
  problems.push(`import cycle: ${cycle.map((file) => relative(source, file)).join(' → ')}`);

if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}
console.error(`imports: ${files.length} files keep the layout, no cycles`);

function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

function cycles(edges) {
  const found = [];
  const state = new Map();
  const path = [];
  const visit = (file) => {
    state.set(file, 'open');
    path.push(file);
    for (const next of edges.get(file) ?? []) {
      if (state.get(next) === 'open') found.push([...path.slice(path.indexOf(next)), next]);
      else if (state.get(next) === undefined) visit(next);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of edges.keys()) if (state.get(file) === undefined) visit(file);
  return found;
}
