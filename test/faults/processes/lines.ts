import { createInterface } from 'node:readline';

/** The first line of standard input, and the lines after it. The process ends with whoever started it. */
export const readLines = async (hear: (line: unknown) => void): Promise<unknown> => {
  const lines = createInterface({ input: process.stdin });
  const first = await new Promise<string>((resolve) => lines.once('line', resolve));
  lines.on('line', (line) => hear(JSON.parse(line)));
  lines.on('close', () => process.kill(process.pid, 'SIGKILL'));
  return JSON.parse(first);
};

/** Says one thing to whoever started this process. */
export const tellParent = (told: unknown): void => void process.stdout.write(`${JSON.stringify(told)}\n`);
