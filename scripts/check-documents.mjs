// Links in documents lead somewhere, and what documents say of files is so.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './ready.mjs';

const problems = [];
const documents = walk(root).filter((file) => file.endsWith('.md'));
for (const file of documents) {
  const text = readFileSync(file, 'utf8');
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(https?:|mailto:|#)/.test(target)) continue;
    const path = join(dirname(file), decodeURIComponent(target.split('#')[0]));
    if (!existsSync(path)) problems.push(`${relative(root, file)} links to ${target}, which is not there`);
  }
}
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}
console.error(`documents: the links of ${documents.length} files lead somewhere`);

function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    if (name === 'node_modules' || name === '.git' || name.startsWith('dist')) return [];
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}
