import { setMaxListeners } from 'node:events';

/** Why something ends that was told to end: no failure. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** A signal that is aborted when the program is told to end (Ctrl-C, SIGTERM); a second time ends it at once. */
export function interruption(): { readonly signal: AbortSignal; readonly stop: (reason: unknown) => void } {
  const controller = new AbortController();
  // Each stream listens, and each of its requests: that many listeners are no leak.
  setMaxListeners(0, controller.signal);
  const onSignal = (): void => controller.abort(new Stopped('interrupted'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stop: (reason) => {
      process.removeListener('SIGINT', onSignal);
      process.removeListener('SIGTERM', onSignal);
      if (!controller.signal.aborted) controller.abort(reason);
    },
  };
}
