import { readFileSync } from 'node:fs';

/** Versions of this package and of everything that it depends on directly, as pinned. */
export function packageVersions(): Readonly<Record<string, string>> {
  const file = new URL('../../package.json', import.meta.url);
  const { name, version, dependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    name: string;
    version: string;
    dependencies: Record<string, string>;
  };
  return { [name]: version, ...dependencies };
}
