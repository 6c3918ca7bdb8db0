import { spawnSync } from 'node:child_process';
import { findProgram } from '../../test/helpers/tools.ts';
import { findPostgresBinaries, startPostgres, type TestPostgres } from './start-postgres.ts';

export interface Parts {
  /** What the tests read: `SIGNALBOX_TEST_…`. */
  env: Record<string, string>;
  /** Why some of them are skipped, a line each. */
  missed: string[];
  stop(): Promise<void>;
}

const DOCKER_MS = 10_000;

const hasDocker = (): boolean =>
  spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: DOCKER_MS }).status === 0;

/** The server that was named, else one of our own for this run. */
const findPostgres = async (): Promise<TestPostgres | string> => {
  const url = process.env['SIGNALBOX_TEST_PG'];
  if (url !== undefined && url !== '') return { url, stop: async () => {} };
  const bin = findPostgresBinaries();
  if (bin === null) return 'no server in SIGNALBOX_TEST_PG, and no postgresql package is installed';
  return startPostgres(bin).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
};

/** Looks for the real parts that tests are run against. A test whose part is not here is skipped. */
export const findParts = async (): Promise<Parts> => {
  const env: Record<string, string> = {};
  const missed: string[] = [];
  const note = (name: string, variable: string, found: string | null, why: string) => {
    if (found === null) missed.push(`Not met: ${name} (${why}); its tests are skipped.`);
    else env[variable] = found;
  };
  const program = (name: string): string | null => findProgram(name);
  const postgres = await findPostgres();
  const isServer = typeof postgres !== 'string';
  note('PostgreSQL', 'SIGNALBOX_TEST_PG', isServer ? postgres.url : null, isServer ? '' : postgres);
  note('Docker', 'SIGNALBOX_TEST_DOCKER', hasDocker() ? '1' : null, 'no engine answers');
  note('Chromium', 'SIGNALBOX_TEST_CHROMIUM', program('chromium'), 'not on the PATH');
  note('Terraform', 'SIGNALBOX_TEST_TERRAFORM', program('terraform'), 'not on the PATH');
  note('OpenTofu', 'SIGNALBOX_TEST_TOFU', program('tofu'), 'not on the PATH');
  return { env, missed, stop: async () => (isServer ? postgres.stop() : undefined) };
};
