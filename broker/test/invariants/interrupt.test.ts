import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { antaresEntry, antaresOutput, temporaryFolder } from '../command-line.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';

describeWithSharedData('an interrupt', () => {
  it('ends an ingest cleanly; the same command goes on from there, and no packet is counted twice', async () => {
    const folder = await temporaryFolder();
    const args = [
      'ingest',
      sharedPath('data/alerts/ztf/by_object'),
      sharedPath('data/alerts/ztf-nocutout'),
      '--l1',
      'off',
      '--json',
      '--data',
      folder.path,
    ];
    const child = spawn(process.execPath, [antaresEntry, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const ended = new Promise<number | null>((done) => child.on('close', done));
    await Promise.race([sleep(2_500), ended]);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    const first = JSON.parse(output) as { received: number; stored: number };
    expect(first.stored).toBe(first.received);

    const second = JSON.parse(await antaresOutput(args)) as { received: number; stored: number; duplicate: number };
    expect(first.stored + second.stored).toBe(2041);
    // A first run that came to its end before the interrupt makes the second one a new delivery.
    if (first.stored < 2041) expect(second.duplicate).toBe(0);
    await folder.dispose();
  }, 180_000);
});
