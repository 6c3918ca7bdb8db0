import { join } from 'node:path';
import type { RunnerOptions } from '../../src/cli/compose/runner.ts';

/** What a runner is given that has a folder of its own in `directory`; `hidden`: what lies outside of it and steps must not see. */
export const toRunnerOptions = (given: {
  directory: string;
  name: string;
  endpoint: string;
  token: string;
  hidden: string;
}): Omit<RunnerOptions, 'logger'> => {
  const { endpoint, token, name } = given;
  const own = join(given.directory, name);
  return {
    endpoint,
    token,
    name,
    slots: 4,
    pollIntervalMs: 10_000,
    httpTimeoutMs: 10_000,
    maxExecutionMs: 3_600_000,
    stopGraceMs: 1000,
    stateDirectory: join(own, 'state'),
    temporaryDirectory: join(own, 'work'),
    cacheDirectory: join(own, 'cache'),
    hidden: [join(own, 'state'), given.hidden],
    allowsScripts: true,
    passEnvironment: [],
    terraformPath: null,
    releasesUrl: null,
  };
};
