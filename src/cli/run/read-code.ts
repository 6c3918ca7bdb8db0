import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings, type Settings } from '../../plugins/terraform/settings.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { isCode } from '../pack/is-code.ts';

/** The root module in a directory: what it says about its state, and where a state lies beside it. */
export interface Code {
  /** Absolute, links resolved. */
  directory: string;
  settings: Settings;
  /** A state file on this disk that the tool would have used; null: none, or the code's own backend holds it. */
  localState: string | null;
}

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  );

/** Throws `NOT_A_DIRECTORY`, `NO_TERRAFORM_FILES`, `CLOUD_BLOCK`: before anything is packed or started. */
export const readCode = async (given: string): Promise<Code> => {
  const directory = await realpath(given).catch(() => null);
  if (directory === null || !(await stat(directory)).isDirectory())
    throw new SignalboxError('NOT_A_DIRECTORY', { path: given });
  const names = (await readdir(directory)).filter(isCode);
  if (names.length === 0) throw new SignalboxError('NO_TERRAFORM_FILES', { path: given });
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(join(directory, name), 'utf8').catch(() => '')] as const),
  );
  const settings = readSettings(Object.fromEntries(texts));
  if (settings.cloud) throw new SignalboxError('CLOUD_BLOCK', { file: settings.cloud.file });
  const { backend } = settings;
  const isOurs = backend === null || backend.type === 'local';
  const state = join(directory, backend?.path ?? 'terraform.tfstate');
  return { directory, settings, localState: isOurs && (await isThere(state)) ? state : null };
};
