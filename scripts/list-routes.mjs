// Writes docs/reference/routes.md: every route of the HTTP interface with who may call it, from the routes themselves.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build, install, root } from './ready.mjs';

install();
build();
const { groups } = await import(`${root}broker/dist/api/groups.js`);
const { routesDocument } = await import(`${root}broker/dist/api/routes-document.js`);
const { DEFAULT_CONFIG } = await import(`${root}broker/dist/config/config.js`);

// Routes are only listed, never called: what they would work with is not opened.
const nothing = new Proxy({}, { get: () => nothing });
const context = new Proxy({ config: DEFAULT_CONFIG }, { get: (parts, name) => parts[name] ?? nothing });
const file = `${root}docs/reference/routes.md`;
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, routesDocument(groups(context)));
console.error(`wrote ${file.slice(root.length)}`);
