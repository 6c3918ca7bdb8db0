import { existsSync } from 'node:fs';
import { createClock } from '../../io/clock.ts';
import { createEnvironment } from '../../io/environment.ts';
import { createHttp } from '../../io/http.ts';
import { probeCage } from '../../io/process/cage.ts';
import type { Cage } from '../../io/process/process.ts';
import { createTools } from '../../io/tools/tools.ts';
import { SignalboxError, toReason } from '../../protocol/errors.ts';
import type { Finding } from './finding.ts';

/** The tools that are there already; nothing is downloaded to find out. */
export const checkTools = async (given: {
  cacheDir: string;
  path: string | null;
  environmentPath: string;
  mayDownload: boolean;
}): Promise<Finding[]> => {
  const subject = 'tools';
  const clock = createClock();
  const http = createHttp({ clock });
  const tools = createTools({ ...given, releasesUrl: null, http, clock });
  try {
    if (given.path !== null) {
      const { shown, version, path } = await tools.findAny();
      return [{ subject, level: 'ok', says: `${shown} ${version} (${path}), for every job.` }];
    }
    const kinds = ['terraform', 'opentofu'] as const;
    const found = await Promise.allSettled(
      kinds.map((kind) => tools.find({ kind, constraint: null, architecture: kind })),
    );
    const ok = found.flatMap((one): Finding[] =>
      one.status === 'rejected'
        ? []
        : [{ subject, level: 'ok', says: `${one.value.shown} ${one.value.version} (${one.value.path}).` }],
    );
    if (ok.length > 0) return ok;
    const says = 'Neither terraform nor tofu is on the PATH or in the cache';
    const remedy = 'Install one of them, or name it with `--terraform PATH`.';
    return given.mayDownload
      ? [{ subject, level: 'warning', says: `${says}; the first job that needs one downloads it.`, remedy }]
      : [{ subject, level: 'failed', says: `${says}, and downloads are off.`, remedy }];
  } catch (error) {
    const { message, hint } = toReason(error);
    return [{ subject, level: 'failed', says: message, ...(hint !== undefined && { remedy: hint }) }];
  } finally {
    await http.close();
  }
};

const MEANING: Record<Cage, string | null> = {
  namespaces: null,
  'user namespaces': null,
  subreaper: 'every process of a step is found, and nothing can be hidden from it',
  'process group': 'a process that leaves its group outlives a stop, and nothing can be hidden from a step',
};

/** What this host allows to put around a step. */
export const checkCage = async (): Promise<Finding> => {
  const subject = 'cage';
  try {
    const { cage } = await probeCage();
    const meaning = MEANING[cage];
    if (meaning === null) return { subject, level: 'ok', says: `Steps run in ${cage} of their own.` };
    const remedy = 'Allow this user to make namespaces (`unshare --user --pid --mount`).';
    return {
      subject,
      level: 'warning',
      says: `The strongest cage that works here is the ${cage}: ${meaning}.`,
      remedy,
    };
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    return { subject, level: 'failed', says: error.message, remedy: error.hint };
  }
};

/** What of this environment is kept from steps, because it would disturb them. */
export const checkEnvironment = (host: NodeJS.ProcessEnv, pass: readonly string[]): Finding => {
  const { stripped } = createEnvironment({ host, pass, step: {}, secrets: [], fileExists: existsSync });
  // The runner's own and Node's say nothing about Terraform.
  const disturbing = stripped.filter((name) => name.startsWith('TF_'));
  const subject = 'environment';
  if (disturbing.length === 0) return { subject, level: 'ok', says: 'Nothing in it would disturb Terraform.' };
  const says = `${disturbing.join(', ')} would disturb Terraform and ${disturbing.length === 1 ? 'is' : 'are'} kept from steps.`;
  return { subject, level: 'warning', says, remedy: 'Unset what you do not need; give variables with `--var`.' };
};
