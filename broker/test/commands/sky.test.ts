import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { registerSky } from '../../src/commands/sky.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { readJsonLines, readVectors } from '../sky/vectors.ts';

/** Runs a sky verb on some input, in blocks as they come. */
async function sky(args: string, ...blocks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const written: string[] = [];
  const { run } = program(blocks, written);
  await run(args);
  return written;
}

function program(blocks: readonly (string | Uint8Array)[], written: string[]): { run(args: string): Promise<Command> } {
  const command = new Command('antares').exitOverride();
  registerSky(command, {
    input: (async function* () {
      yield* blocks;
    })(),
    write: async (lines) => {
      written.push(...lines);
    },
  });
  for (const verb of [command, ...command.commands, ...command.commands.flatMap((c) => c.commands)]) {
    verb.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  }
  return { run: (args) => command.parseAsync(['node', 'antares', 'sky', ...args.split(' ')]) };
}

describe('antares sky', () => {
  it('answers ids at the levels asked for, in that order', async () => {
    expect(await sky('htm --level 16', '59.7257233,23.7619434\n')).toEqual(['67983272436']);
    expect(await sky('htm --level 20,16,0', '50.848127,37.467918')).toEqual(['17587857357456,68702567802,15']);
  });

  it('answers covers with the last trixel included', async () => {
    expect(await sky('cover', '271.19949781459,-35.85359105538,1.008,11\n')).toEqual([
      '{"full":[],"partial":[[46433688,46433688],[46447204,46447204]]}',
    ]);
    expect(await sky('cover', '0,0,648000,1')).toEqual(['{"full":[[32,63]],"partial":[]}']);
  });

  it('answers levels, separations, coordinates and pixels', async () => {
    expect(await sky('level', '1\n0.1\n18000\n')).toEqual(['16', '19', '2']);
    expect(await sky('separation', '10,0,11,0\n10.5,-20.25,10.5,-20.25\n')).toEqual(['3600,90', '0,0']);
    const [l, b, lon, lat] = (await sky('convert', '192.8594813,27.1282513'))[0]!.split(',').map(Number);
    expect([l, b, lon, lat].map((value) => value!.toFixed(6))).toEqual([
      '12.733240',
      '89.999997',
      '180.023225',
      '29.811446',
    ]);
    expect(await sky('healpix --order 29', '0,90')).toEqual(['288230376151711743']);
    expect(await sky('healpix --order 5', '0,90')).toEqual(['1023']);
  });

  it('skips a heading, empty lines and a byte order mark, and reads any line end', async () => {
    expect(await sky('level', '\ufeffradius_arcsec\r\n1\r\n\r\n 2 \r\n')).toEqual(['16', '15']);
    expect(await sky('htm --level 0', 'ra,dec\n45,45')).toEqual(['15']);
    expect(await sky('htm --level 0', '\n# ra , dec\n45,45\n\n')).toEqual(['15']);
    expect(await sky('htm --level 0', '')).toEqual([]);
  });

  it('reads every way of writing a number, and lines cut anywhere', async () => {
    const bytes = new TextEncoder().encode('+4.5e1,.5\n-0,1.\n1E1,-2e-1\n');
    const blocks = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(await sky('htm --level 2', ...blocks)).toEqual(await sky('htm --level 2', '45,0.5\n0,1\n10,-0.2\n'));
  });

  it('answers a line when it has come, before the next', async () => {
    const written: string[] = [];
    const seen: number[] = [];
    const command = new Command('antares');
    registerSky(command, {
      input: (async function* () {
        for (const line of ['1\n', '2\n', '5\n']) {
          yield line;
          seen.push(written.length);
        }
      })(),
      write: async (lines) => {
        written.push(...lines);
      },
    });
    await command.parseAsync(['node', 'antares', 'sky', 'level']);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('names the line that it cannot read, after answering those before it', async () => {
    for (const [args, input, message] of [
      ['htm --level 3', '10,20\n10,20,30\n', 'line 2: expected 2 numbers, ra,dec; got "10,20,30"'],
      ['htm --level 3', '10,20\n10;20\n', 'line 2: expected 2 numbers, ra,dec; got "10;20"'],
      ['htm --level 3', '10,20\nra,dec\n', 'line 2: expected 2 numbers, ra,dec; got "ra,dec"'],
      ['htm --level 3', 'ra,dec\n10,20\n10,\n', 'line 3: expected 2 numbers, ra,dec; got "10,"'],
      ['htm --level 3', '10,20\n\n10,nan\n', 'line 3: expected 2 numbers, ra,dec; got "10,nan"'],
      ['htm --level 3', '10,20\n0x10,5\n', 'line 2: expected 2 numbers, ra,dec; got "0x10,5"'],
    ] as const) {
      const written: string[] = [];
      await expect(program([input], written).run(args)).rejects.toMatchObject({ code: 'SKY_LINE_MALFORMED', message });
      expect(written).toHaveLength(1);
    }
    await expect(sky('htm --level 3', '5,x\n')).rejects.toMatchObject({ code: 'SKY_LINE_MALFORMED' });
  });

  it('names the line with a position, radius or level that does not exist', async () => {
    const refusals = [
      ['htm --level 3', '10,20\n10,91\n', 'SKY_POSITION_OUT_OF_RANGE'],
      ['convert', '10,20\n10,-90.5\n', 'SKY_POSITION_OUT_OF_RANGE'],
      ['separation', '10,20,10,20\n10,91,0,0\n', 'SKY_POSITION_OUT_OF_RANGE'],
      ['healpix --order 4', '10,20\n1e999,0\n', 'SKY_POSITION_OUT_OF_RANGE'],
      ['cover', '10,20,1,3\n10,20,1,25\n', 'SKY_LEVEL_OUT_OF_RANGE'],
      ['cover', '10,20,1,3\n10,20,1,3.5\n', 'SKY_LEVEL_OUT_OF_RANGE'],
      ['cover', '10,20,1,3\n10,20,-1,3\n', 'SKY_RADIUS_OUT_OF_RANGE'],
      ['level', '1\n-1\n', 'SKY_RADIUS_OUT_OF_RANGE'],
    ] as const;
    for (const [args, input, code] of refusals) {
      const written: string[] = [];
      await expect(program([input], written).run(args), args).rejects.toMatchObject({
        code,
        message: expect.stringMatching(/^line 2: /),
      });
      expect(written).toHaveLength(1);
    }
  });

  it('refuses levels and orders that do not exist, and their absence', async () => {
    for (const args of ['htm', 'htm --level 25', 'htm --level 3,', 'htm --level x', 'healpix', 'healpix --order 30']) {
      await expect(sky(args, '1,2\n'), args).rejects.toMatchObject({ name: 'CommanderError' });
    }
  });
});

describeWithSharedData('antares sky against the vectors', () => {
  it('prints ids, pixels, separations and coordinates that read back to the reference', async () => {
    const rows = readVectors('vectors/htm_points.csv').filter((row) => Number(row['margin_rad_L20']) >= 1e-14);
    const ids = await sky(
      'htm --level 0,5,10,14,16,20',
      rows.map((row) => `${row['ra_deg']},${row['dec_deg']}`).join('\n'),
    );
    expect(ids).toEqual(rows.map((row) => [0, 5, 10, 14, 16, 20].map((level) => row[`id${level}`]).join(',')));

    const places = readVectors('vectors/sky_coordinates.csv');
    const lines = places.map((row) => `${row['ra_deg']},${row['dec_deg']}`).join('\n');
    expect(await sky('healpix --order 29', lines)).toEqual(places.map((row) => row['hpx_nest_order29']));
    expect(await sky('healpix --order 18', lines)).toEqual(places.map((row) => row['hpx_nest_order18']));

    const pairs = readVectors('vectors/sky_separations.csv');
    const answers = await sky(
      'separation',
      pairs.map((row) => `${row['ra1_deg']},${row['dec1_deg']},${row['ra2_deg']},${row['dec2_deg']}`).join('\n'),
    );
    answers.forEach((answer, i) => {
      const exact = Number(pairs[i]!['separation_arcsec']);
      expect(Math.abs(Number(answer.split(',')[0]) - exact)).toBeLessThanOrEqual(1e-13 * exact + 1e-12);
    });
  });

  it('prints the covers of the reference', async () => {
    const circles = readJsonLines<Record<string, number>>('vectors/htm_circles.jsonl').filter(
      (c) => c['margin_rad']! >= 1e-10,
    );
    const answers = await sky(
      'cover',
      circles.map((c) => `${c['ra_deg']},${c['dec_deg']},${c['radius_deg']! * 3600},${c['level']}`).join('\n'),
    );
    expect(answers.map((answer) => JSON.parse(answer) as unknown)).toEqual(
      circles.map(({ full, partial }) => ({ full, partial })),
    );
  });
});
