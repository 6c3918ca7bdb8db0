import { accessSync, closeSync, constants, readFileSync } from 'node:fs';

/** What the environment of this program may hold that no step may see. */
const SECRET_NAMES = ['RUNNER_TOKEN', 'SIGNALBOX_DATABASE_URL'] as const;
/** Says on which descriptor they come instead. The image's entry uses it as well. */
const COMES_ON = 'SIGNALBOX_SECRETS_ON';

/** A here-document is a pipe: nothing reaches the disk or a command line, and the process stays the same. */
const SCRIPT = `exec 3<<END
${SECRET_NAMES.map((name) => `${name}=$${name}`).join('\n')}
END
unset ${SECRET_NAMES.join(' ')}
${COMES_ON}=3 exec "$@"`;

const SHELL = '/bin/sh';

const isThere = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Puts back what an earlier start handed over. In memory only: `/proc` shows the environment of the start. */
const take = (env: NodeJS.ProcessEnv, descriptor: number): void => {
  const lines = readFileSync(descriptor, 'utf8').split('\n');
  closeSync(descriptor);
  for (const name of SECRET_NAMES) {
    const value = lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
    if (value !== undefined && value !== '') env[name] = value;
  }
};

/**
 * A process shows the environment of its start in `/proc` for as long as it lives, to every process of its user. So one
 * that was started with a secret in it starts itself again, in place, without.
 */
export const leaveSecrets = (): void => {
  const { env } = process;
  const descriptor = env[COMES_ON];
  delete env[COMES_ON];
  if (descriptor !== undefined) return /^[3-9]$/.test(descriptor) ? take(env, Number(descriptor)) : undefined;
  if (SECRET_NAMES.every((name) => (env[name] ?? '') === '') || !process.execve || !isThere(SHELL)) return;
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  process.execve(SHELL, ['sh', '-c', SCRIPT, 'sh', ...command], given as NodeJS.ProcessEnv);
};
