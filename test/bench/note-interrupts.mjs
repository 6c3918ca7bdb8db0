// A tool that says that it is ready, and writes the time of each SIGINT into a file, on the clock that all processes share.
import { appendFileSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';

const LINGER_MS = 30;
process.on('SIGINT', () => {
  appendFileSync(process.argv[2], `${process.hrtime.bigint()}\n`);
  // Long enough that a second one would be seen.
  setTimeout(() => process.exit(130), LINGER_MS);
});
// Where nobody stops it, it ends when the folder of its file is gone.
setInterval(() => existsSync(dirname(process.argv[2])) || process.exit(1), 1000);
console.log('ready-to-be-interrupted');
