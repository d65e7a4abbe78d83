// `npm run check`: types, style, who may import whom, links in documents.
import { install, runTool } from './ready.mjs';

install();
runTool('typescript/bin/tsc', ['-b']);
runTool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']);
await import('./check-imports.mjs');
await import('./check-documents.mjs');
