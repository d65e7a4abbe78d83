import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const none = { file: undefined, environment: {}, flags: {} };

describe('the configuration', () => {
  it('is the defaults where nothing is said', () => {
    expect(loadConfig(none)).toEqual(DEFAULT_CONFIG);
  });

  it('flags win over the environment, and the environment over the file', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'antares.json');
    writeFileSync(file, '{"data":"file","http":{"port":1},"l1Filters":{"enabled":false}}');
    const environment = { ANTARES_DATA: 'environment', ANTARES_HTTP__PORT: '2' };
    const config = loadConfig({ file, environment, flags: { data: 'flag' } });
    expect([config.data, config.http.port, config.l1Filters.enabled]).toEqual(['flag', 2, false]);
    await folder.dispose();
  });

  it('variables of the environment that name no setting are other people’s', () => {
    expect(loadConfig({ ...none, environment: { ANTARES_TEST_DATA: '/x', PATH: '/bin' } })).toEqual(DEFAULT_CONFIG);
  });

  it('a setting that does not exist, or has the wrong type, is refused with its name', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'antares.json');
    for (const [text, words] of [
      ['{"pipelines":{}}', /pipelines/],
      ['{"pipeline":{"workers":"many"}}', /pipeline\.workers.*expected a number/],
      ['{"pipeline":{"workers":0}}', /pipeline\.workers is 0/],
      ['{"pipeline":{"associationRadiusArcsec":60}}', /associationRadiusArcsec/],
      ['not json', /cannot read configuration/],
    ] as const) {
      writeFileSync(file, text);
      expect(() => loadConfig({ ...none, file })).toThrow(words);
    }
    await folder.dispose();
  });

  it('streams may have any name', () => {
    const { streams } = loadConfig({ ...none, flags: { streams: { my_stream: 'a & b' } } });
    expect(streams).toEqual({ my_stream: 'a & b' });
  });
});
