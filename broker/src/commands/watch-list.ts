import type { Command } from 'commander';
import { registerListVerbs } from './list-verbs.ts';

/** `antares watch-list load|list|remove`. */
export function registerWatchList(program: Command): void {
  registerListVerbs(program, {
    kind: 'watch-list',
    description: 'lists of positions to look out for',
    example: 'antares watch-list load novae novae.csv --ra ra --dec dec --id name --radius 2',
  });
}
