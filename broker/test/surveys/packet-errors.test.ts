import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PACKET_ERRORS, SCHEMA_SOURCE_ERRORS } from '../../src/surveys/packet-errors.ts';

test('every reason that the decoder gives is in the list with a sentence, and none of the list is never given', () => {
  const folder = join(import.meta.dirname, '../../src/surveys');
  const given = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file === 'packet-errors.ts') continue;
    for (const [, code] of readFileSync(join(folder, file), 'utf8').matchAll(/'((?:PACKET|SCHEMA)_[A-Z_]+)'/g))
      given.add(code!);
  }
  const listed = { ...PACKET_ERRORS, ...SCHEMA_SOURCE_ERRORS };
  expect([...given].sort()).toEqual(Object.keys(listed).sort());
  for (const sentence of Object.values(listed)) expect(sentence).toMatch(/^[A-Z].{30,}\.$/);
});
