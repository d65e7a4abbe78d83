import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../src');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

it('the library imports nothing but itself, so that it runs in browsers and needs nothing installed', () => {
  expect(files).toContain('antares-client.ts');
  const imported = files.flatMap((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8');
    return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path]) => ({ file, path: path! }));
  });
  expect(imported.length).toBeGreaterThan(50);
  expect(imported.filter(({ path }) => !path.startsWith('./') && !path.startsWith('../'))).toEqual([]);
  expect(imported.filter(({ path }) => path.includes('command-line'))).toEqual([]);
});

it('the library uses no global of Node.js', () => {
  const used = files.filter((file) =>
    /\b(?:process|Buffer|require|__dirname|setImmediate)\b(?!['":])/.test(code(file)),
  );
  expect(used).toEqual([]);
});

it('the library is compiled without the types of Node.js, against those of the browser', () => {
  const { compilerOptions } = JSON.parse(readFileSync(join(SOURCE, '../tsconfig.json'), 'utf8'));
  expect(compilerOptions.types).toEqual([]);
  expect(compilerOptions.lib).toContain('DOM');
});

/** The text of a file without its comments. */
function code(file: string): string {
  return readFileSync(join(SOURCE, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
