import { runCommandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';

// A reader that closes the pipe (`| head`) has had enough: that is a good end, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});
process.exit(await runCommandLine(process.argv));
