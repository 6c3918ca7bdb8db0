import type { RunnerConfig } from '../../io/config.ts';
import { toReason } from '../../protocol/errors.ts';
import { readLiveFile } from '../compose/live-file.ts';
import { toDataDirectories } from '../compose/data-directories.ts';
import { chooseDirectories } from '../runner/directories.ts';
import { findObstacle } from '../runner/find-obstacle.ts';
import type { Finding } from './finding.ts';

/** The data directory of this user. */
export const checkData = async (data: string): Promise<Finding> => {
  const subject = 'data directory';
  const { hidden, work, cache } = toDataDirectories(data);
  for (const path of [data, hidden, work, cache]) {
    const obstacle = await findObstacle(path);
    if (obstacle === null) continue;
    const remedy = 'Choose another with `--data DIR`, or give this user the right to write there.';
    return { subject, level: 'failed', says: `${data} cannot be used: ${obstacle}.`, remedy };
  }
  const live = await readLiveFile(data).catch(() => null);
  const says = live === null ? `${data} can be written.` : `${data} is used by the control plane at ${live.url}.`;
  return { subject, level: 'ok', says };
};

/** Where a configured runner works and remembers. */
export const checkRunnerDirectories = async (config: RunnerConfig, data: string): Promise<Finding[]> => {
  const subject = 'runner directories';
  try {
    const { state, temporary, isVolatile } = await chooseDirectories(config, toDataDirectories(data));
    const ok: Finding = { subject, level: 'ok', says: `Jobs work in ${temporary}; the journals lie in ${state}.` };
    if (!isVolatile) return [ok];
    const says = `The journals would lie in ${state}, which may not outlive this host: jobs could not be taken over.`;
    return [ok, { subject, level: 'warning', says, remedy: 'Set `runner.state_dir` to a directory that stays.' }];
  } catch (error) {
    const { message, hint } = toReason(error);
    return [{ subject, level: 'failed', says: message, ...(hint !== undefined && { remedy: hint }) }];
  }
};
