import { fromPromise } from 'xstate';
import { findPlugin } from '../plugins/registry.ts';
import { readSettings, type Settings } from '../plugins/terraform/settings.ts';
import { SignalboxError } from '../protocol/errors.ts';
import type { StateHead } from '../protocol/job.ts';
import type { Prepared } from '../machines/job.setup.ts';
import { attemptOf, type Attempt, type Attempts } from './attempt.ts';
import { toDiskFull } from './disk-full.ts';
import { LOG_LINES } from './log-lines.ts';
import { readLockFile } from './lock-file.ts';
import type { Prepared as PreparedFacts } from './prepared.ts';
import { restorePlan } from './restore-plan.ts';
import { watchState } from './watch-state.ts';
import type { World } from './world.ts';

/** The one path under which an architecture's workspace is shown to every step, on every runner. */
const SHOWN_AT = '/tmp/signalbox/work';

/** Makes the workspace, finds the tool, fetches source, state and plan; the plugin compiles the steps. */
export const createPrepareJob = (world: World, attempts: Attempts) =>
  fromPromise<Prepared, { attempt: string; again: boolean }>(async ({ input, signal }) => {
    const attempt = attemptOf(attempts, input.attempt);
    if (!input.again) {
      attempt.journal.append({ kind: 'mark', at: world.clock.now(), mark: 'log', data: { begins: true } });
      attempt.say(LOG_LINES.scheduled());
      attempt.say(LOG_LINES.taken(world.settings.name));
      attempt.say(LOG_LINES.preparing());
    }
    try {
      return await prepare(world, attempt, signal);
    } catch (error) {
      throw toDiskFull(error, world.workspaces.pathOf(attempt.spec.attempt));
    } finally {
      // Cancelled meanwhile: the job may be cleared away already, and this is what came after.
      if (signal.aborted) await world.workspaces.remove(attempt.spec.attempt).catch(() => {});
    }
  });

/** What it says and keeps is part of the log and the result: once `signal` is aborted it does neither. */
const prepare = async (world: World, attempt: Attempt, signal: AbortSignal): Promise<Prepared> => {
  const { spec } = attempt;
  const plugin = findPlugin(spec.task.kind);
  plugin.check(spec.task);
  const isScript = spec.task.kind === 'script';
  if (isScript && !world.settings.allowsScripts) throw new SignalboxError('SCRIPT_REFUSED');

  // Both take their time, and neither needs the other.
  const [source, found] = await Promise.allSettled([
    attempt.api.readArtifact(spec.source.sha256),
    isScript
      ? null
      : world.findTool({
          kind: spec.task.kind === 'opentofu' ? 'opentofu' : 'terraform',
          constraint: spec.toolVersion,
          architecture: spec.architecture.name,
        }),
  ]);
  if (source.status === 'rejected') throw source.reason;
  const { value: body } = source;
  if (found.status === 'rejected') {
    // A body that nobody reads holds its connection.
    for await (const _ of body) break;
    throw found.reason;
  }
  const { value: tool } = found;
  const { dir: workspace, sha256 } = await world.prepareWorkspace(spec.attempt, body);
  if (sha256 !== spec.source.sha256) throw new SignalboxError('DIGEST_MISMATCH', { thing: 'the source bundle' });
  const inside = spec.source.dir === '.' ? spec.source.root : `${spec.source.root}/${spec.source.dir}`;
  const module = `${workspace}/${inside}`;
  const shownAt = `${SHOWN_AT}/${spec.architecture.id}`;
  const notes: string[] = [];
  const state = isScript ? null : await fetchState(world, attempt, module, notes);
  const prepared: PreparedFacts = {
    tool,
    workspace,
    shownAt,
    module,
    cwd: `${shownAt}/${inside}`,
    stateFile: state?.file ?? null,
    initialState: state?.head ?? null,
    startedAt: world.clock.now(),
    startedElapsed: world.clock.elapsed(),
    hostBoot: world.settings.hostBoot,
    files: isScript ? [] : [...(await world.files.snapshot(workspace))],
  };
  if (spec.plan) await restorePlan(world, attempt, prepared, spec.plan);
  signal.throwIfAborted();
  attempt.prepared = prepared;
  const [files, lockFile] = await Promise.all([
    world.files.list(module),
    readLockFile(world, module),
    attempt.directory.writeFacts('prepared', prepared),
  ]);
  signal.throwIfAborted();
  watchState(world, attempt);

  const { names } = world.createEnvironment({
    pass: world.settings.passEnvironment,
    step: {},
    secrets: attempt.secrets.secrets,
  });
  for (const note of notes) attempt.say(LOG_LINES.note(note));
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
};

/** Looks at what the code says about its state, and puts the managed one where the tool will look for it. */
const fetchState = async (
  world: World,
  attempt: Attempt,
  module: string,
  notes: string[],
): Promise<{ file: string; head: StateHead | null } | null> => {
  const settings = await readModule(world, module);
  if (settings.cloud) throw new SignalboxError('CLOUD_BLOCK', { file: settings.cloud.file });
  const { backend } = settings;
  if (backend && backend.type !== 'local') {
    // Said when all is prepared: a try that fails says it again.
    notes.push(
      `The code's own backend (${backend.type}) holds the state: it is not kept here, and our fence ends at log and result.`,
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
