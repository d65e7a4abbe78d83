/**
 * A transient's rise and fall: the function of Bazin et al. 2009, shifted and scaled so that it is 1 at phase 0, its
 * maximum.
 *
 * @param phase     days from maximum
 * @param riseDays  time scale of the rise, less than half of `fallDays`
 * @param fallDays  time scale of the fall
 */
export function bazin(phase: number, riseDays: number, fallDays: number): number {
  const toPeak = riseDays * Math.log(fallDays / riseDays - 1);
  const peak = Math.exp(-toPeak / fallDays) / (1 + Math.exp(-toPeak / riseDays));
  const time = phase + toPeak;
  return Math.exp(-time / fallDays) / (1 + Math.exp(-time / riseDays)) / peak;
}
