/**
 * Fails a test that leaves something behind. After each test: actors that still live, child processes and listening
 * sockets of its own. After each file: those too, whatever process they were handed to, open connections, and anything
 * in the folder for temporary files. What `beforeAll` starts is there before a test, and so is not counted against it.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { afterAll, beforeEach, expect } from 'vitest';
import { findLiveActors, watchActors } from './live-actors.ts';
import { findOwnProcesses, type LivingProcess } from './living-processes.ts';

/** Closing takes a moment: a socket is gone one turn later, a killed process when its parent has seen it. */
const PATIENCE_MS = Number(process.env['SIGNALBOX_TEST_PATIENCE_MS'] ?? 3000);
const LOOK_MS = 20;

const host = process.env['SIGNALBOX_TEST_TMP'] ?? '/tmp';
const folder = mkdtempSync(`${realpathSync(host)}/sbt-`);
// As open as the folder that it stands for: some tests run programs as another user.
chmodSync(folder, 0o1777);
process.env['TMPDIR'] = folder;

const count = (...kinds: string[]): number =>
  process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind)).length;
const countOpen = () => ({
  actors: findLiveActors().length,
  children: count('ProcessWrap'),
  listeners: count('TCPServerWrap', 'PipeServerWrap'),
});

/** Waits until nothing is left, and tells what is. */
const settle = async (findLeft: () => string[]): Promise<string[]> => {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const left = findLeft();
    if (left.length === 0 || performance.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
};

/** esbuild keeps one helper for as long as its process lives, and lets it end with it. */
const isService = ({ command }: LivingProcess): boolean => command.includes('esbuild --service=');

watchActors();
const connectionsBefore = count('TCPSocketWrap');
const processesBefore = new Set(findOwnProcesses(folder).map(({ pid, startTime }) => `${pid} ${startTime}`));

beforeEach(({ onTestFinished }) => {
  const before = countOpen();
  // Said first, so done last: after what the test itself says to do at its end.
  onTestFinished(async () => {
    const left = await settle(() => {
      const now = countOpen();
      const kinds = (Object.keys(now) as (keyof typeof now)[]).filter((kind) => now[kind] > before[kind]);
      return kinds.map((kind) => `${now[kind] - before[kind]} ${kind}`);
    });
    expect(left, 'the test leaves something running').toEqual([]);
  });
});

afterAll(async () => {
  const left = await settle(() => [
    ...findOwnProcesses(folder)
      .filter((found) => !processesBefore.has(`${found.pid} ${found.startTime}`) && !isService(found))
      .map(({ pid, command }) => `process ${pid}: ${command}`),
    ...Array.from({ length: count('TCPSocketWrap') - connectionsBefore }, () => 'an open connection'),
  ]);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  rmSync(folder, { recursive: true, force: true });
  expect([...left, ...files], 'the file leaves something behind').toEqual([]);
});
