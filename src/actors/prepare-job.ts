import { fromPromise } from 'xstate';
import { findPlugin } from '../plugins/registry.ts';
import { readSettings, type Settings } from '../plugins/terraform/settings.ts';
import { SignalboxError } from '../protocol/errors.ts';
import type { StateHead } from '../protocol/job.ts';
import { attemptOf, type Attempt, type Attempts } from './attempt.ts';
import { LOG_LINES } from './log-lines.ts';
import { readLockFile } from './lock-file.ts';
import type { Prepared } from './prepared.ts';
import { restorePlan } from './restore-plan.ts';
import { watchState } from './watch-state.ts';
import type { World } from './world.ts';

/** The one path under which an architecture's workspace is shown to every step, on every runner. */
const SHOWN_AT = '/tmp/signalbox/work';

/** Makes the workspace, finds the tool, fetches source, state and plan; the plugin compiles the steps. */
export const createPrepareJob = (world: World, attempts: Attempts) =>
  fromPromise<{ steps: ReturnType<ReturnType<typeof findPlugin>['compile']> }, { attempt: string }>(
    async ({ input }) => {
      const attempt = attemptOf(attempts, input.attempt);
      const { spec } = attempt;
      attempt.say(LOG_LINES.scheduled());
      attempt.say(LOG_LINES.taken(world.settings.name));
      attempt.say(LOG_LINES.preparing());
      const plugin = findPlugin(spec.task.kind);
      plugin.check(spec.task);
      const isScript = spec.task.kind === 'script';
      if (isScript && !world.settings.allowsScripts) throw new SignalboxError('SCRIPT_REFUSED');

      // Both take their time, and neither needs the other.
      const [body, tool] = await Promise.all([
        attempt.api.readArtifact(spec.source.sha256),
        isScript
          ? null
          : world.findTool({
              kind: spec.task.kind === 'opentofu' ? 'opentofu' : 'terraform',
              constraint: spec.toolVersion,
              architecture: spec.architecture.name,
            }),
      ]);
      const { dir: workspace, sha256 } = await world.prepareWorkspace(spec.attempt, body);
      if (sha256 !== spec.source.sha256) throw new SignalboxError('DIGEST_MISMATCH', { thing: 'the source bundle' });
      const inside = spec.source.dir === '.' ? spec.source.root : `${spec.source.root}/${spec.source.dir}`;
      const module = `${workspace}/${inside}`;
      const shownAt = `${SHOWN_AT}/${spec.architecture.id}`;
      const state = isScript ? null : await fetchState(world, attempt, module);
      const prepared: Prepared = {
        tool,
        workspace,
        shownAt,
        module,
        cwd: `${shownAt}/${inside}`,
        stateFile: state?.file ?? null,
        initialState: state?.head ?? null,
        startedAt: world.clock.now(),
        files: isScript ? [] : [...(await world.files.snapshot(workspace))],
      };
      if (spec.plan) await restorePlan(world, attempt, prepared, spec.plan);
      attempt.prepared = prepared;
      const [files, lockFile] = await Promise.all([
        world.files.list(module),
        readLockFile(world, module),
        attempt.directory.writeFacts('prepared', prepared),
      ]);
      watchState(world, attempt);

      const { names } = world.createEnvironment({
        pass: world.settings.passEnvironment,
        step: {},
        secrets: attempt.secrets.secrets,
      });
      attempt.say(LOG_LINES.text(`Environment: ${names.join(', ')}`));
      attempt.say(LOG_LINES.starting());
      const steps = plugin.compile({
        spec,
        tool,
        cwd: prepared.cwd,
        files,
        needsInit: lockFile !== null,
        providerCache: world.settings.providerCache,
      });
      return { steps };
    },
  );

/** Looks at what the code says about its state, and puts the managed one where the tool will look for it. */
const fetchState = async (
  world: World,
  attempt: Attempt,
  module: string,
): Promise<{ file: string; head: StateHead | null } | null> => {
  const settings = await readModule(world, module);
  if (settings.cloud) throw new SignalboxError('CLOUD_BLOCK', { file: settings.cloud.file });
  const { backend } = settings;
  if (backend && backend.type !== 'local') {
    attempt.say(
      LOG_LINES.note(
        `The code's own backend (${backend.type}) holds the state: it is not kept here, and our fence ends at log and result.`,
      ),
    );
    return null;
  }
  const path = backend?.path ?? 'terraform.tfstate';
  if (path.startsWith('/') || path.split('/').includes('..')) throw new SignalboxError('STATE_PATH', { path });
  const file = `${module}/${path}`;
  const bytes = await attempt.api.readState();
  if (bytes === null) return { file, head: null };
  await world.files.write(file, bytes);
  const written = await world.createStateFile(file).read();
  return { file, head: written?.head ?? null };
};

const readModule = async (world: World, module: string): Promise<Settings> => {
  const texts: Record<string, string> = {};
  for (const name of await world.files.list(module)) {
    if (/\.(tf|tofu)(\.json)?$/.test(name)) texts[name] = (await world.files.readText(`${module}/${name}`)) ?? '';
  }
  return readSettings(texts);
};
