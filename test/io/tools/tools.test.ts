import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClock } from '../../../src/io/clock.ts';
import { createHttp } from '../../../src/io/http.ts';
import { createTools, type ToolWish } from '../../../src/io/tools/tools.ts';
import { makeZip } from '../../helpers/make-zip.ts';
import { listTree, makeTempDir, makeTree } from '../../helpers/make-tree.ts';
import { fakeTool, startReleaseServer, type ReleaseServer } from '../../helpers/release-server.ts';
import { findProgram } from '../../helpers/tools.ts';

type Options = Partial<Parameters<typeof createTools>[0]> & { server?: ReleaseServer };

const open = async (options: Options = {}) => {
  const clock = createClock();
  const http = createHttp({ clock });
  onTestFinished(() => http.close());
  const { server, cacheDir = await makeTempDir(), ...rest } = options;
  const releasesUrl = server === undefined ? null : { terraform: server.url, tofu: `${server.url}/` };
  const environmentPath = '/usr/bin:/bin';
  const common = { path: null, environmentPath, releasesUrl, platform: 'linux_amd64', http, clock };
  return { cacheDir, tools: createTools({ ...common, ...rest, cacheDir }) };
};

const wish = (constraint: string | null, kind: ToolWish['kind'] = 'terraform'): ToolWish => ({
  kind,
  constraint,
  architecture: 'web',
});

const onPath = async (tools: Record<string, string>): Promise<string> => `${await makeTree(tools)}:/usr/bin:/bin`;

test('the path given wins, and is refused when its version does not fit', async () => {
  const server = await startReleaseServer(['1.9.0']);
  const dir = await makeTree({ 'my-terraform': fakeTool('Terraform', '1.5.7') });
  const { tools } = await open({ path: join(dir, 'my-terraform'), server });
  expect(await tools.find(wish('~> 1.5'))).toEqual({
    name: 'terraform',
    shown: 'terraform',
    version: '1.5.7',
    path: join(dir, 'my-terraform'),
  });
  await expect(tools.find(wish('>= 1.9'))).rejects.toMatchObject({
    code: 'TOOL_VERSION',
    message: `${join(dir, 'my-terraform')} is version 1.5.7, and web asks for >= 1.9.`,
  });
  expect(server.asked).toEqual([]);
});

test('a path given that is no tool is an error, never a reason to take another one', async () => {
  const dir = await makeTree({ other: '#!/bin/sh\necho "Packer v1.2.3"\n', text: 'no program' });
  for (const name of ['other', 'text', 'gone', '.']) {
    const { tools } = await open({
      path: join(dir, name),
      environmentPath: await onPath({ terraform: fakeTool('Terraform', '1.9.0') }),
    });
    await expect(tools.find(wish(null))).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  }
});

test('the PATH comes before the cache and the releases, if its version fits', async () => {
  const server = await startReleaseServer(['1.9.0']);
  const environmentPath = await onPath({
    terraform: fakeTool('Terraform', '1.5.7'),
    tofu: fakeTool('OpenTofu', '1.8.0'),
  });
  const { tools } = await open({ environmentPath, server });
  expect(await tools.find(wish('~> 1.5.0'))).toMatchObject({ version: '1.5.7' });
  expect(await tools.find(wish(null, 'opentofu'))).toMatchObject({ name: 'tofu', shown: 'opentofu', version: '1.8.0' });
  expect(server.asked).toEqual([]);
  expect(await tools.find(wish('>= 1.9'))).toMatchObject({ version: '1.9.0' });
});

test.each(['terraform', 'opentofu'] as const)(
  '%s: the newest release that fits is downloaded once, and then kept',
  async (kind) => {
    const server = await startReleaseServer(['1.8.1', '1.8.2', '1.9.0', '1.10.0-rc1']);
    const progress: (number | null)[] = [];
    const onProgress = (now: { receivedBytes: number; totalBytes: number | null }) =>
      progress.push(now.receivedBytes, now.totalBytes);
    const { tools, cacheDir } = await open({ server, onProgress });
    const first = await tools.find(wish('~> 1.8.0', kind));
    expect(first.version).toBe('1.8.2');
    expect(progress.at(-2)).toBe(progress.at(-1));
    const asked = server.asked.length;
    expect(await tools.find(wish('~> 1.8.0', kind))).toEqual(first);
    const { tools: later } = await open({ cacheDir });
    expect(await later.find(wish('~> 1.8.0', kind))).toEqual(first);
    expect(server.asked.length).toBe(asked);
    expect((await tools.find(wish(null, kind))).version).toBe('1.8.2');
  },
);

test('an exact version asks for no index', async () => {
  const server = await startReleaseServer(['1.8.1']);
  server.answers.delete('/terraform/index.json');
  const { tools } = await open({ server });
  expect(await tools.find(wish('1.8.1'))).toMatchObject({ version: '1.8.1' });
});

const ZIP = '/terraform/1.9.0/terraform_1.9.0_linux_amd64.zip';
const SUMS = '/terraform/1.9.0/terraform_1.9.0_SHA256SUMS';

/** Answers other bytes under the digest that fits them: only the archive itself is bad. */
const replaceZip = (server: ReleaseServer, bytes: Uint8Array): void => {
  server.answers.set(ZIP, bytes);
  server.answers.set(SUMS, `${createHash('sha256').update(bytes).digest('hex')}  terraform_1.9.0_linux_amd64.zip\n`);
};

/** A program that leaves a mark when it is run. */
const marking = (mark: string) => makeZip('terraform', `#!/bin/sh\ntouch ${mark}\necho "Terraform v1.9.0"\n`);

const BAD: Record<string, { code: string; message: RegExp; spoil(server: ReleaseServer, mark: string): unknown }> = {
  'other bytes than announced': {
    code: 'TOOL_CHECKSUM',
    message: /does not have the digest/,
    spoil: (server, mark) => server.answers.set(ZIP, marking(mark)),
  },
  'a zip cut short': {
    code: 'TOOL_CHECKSUM',
    message: /digest/,
    spoil: (server) => server.answers.set(ZIP, (server.answers.get(ZIP) as Buffer).subarray(0, 90)),
  },
  'a zip cut short under its own digest': {
    code: 'TOOL_ARCHIVE',
    message: /not a usable archive/,
    spoil: (server, mark) => replaceZip(server, marking(mark).subarray(0, 90)),
  },
  'a zip without the program': {
    code: 'TOOL_ARCHIVE',
    message: /holds no file terraform/,
    spoil: (server) => replaceZip(server, makeZip('readme', 'hello')),
  },
  'a program that cannot be run': {
    code: 'TOOL_ARCHIVE',
    message: /cannot be run here/,
    spoil: (server) => replaceZip(server, makeZip('terraform', '\x7fELF of another machine')),
  },
  'another version inside': {
    code: 'TOOL_ARCHIVE',
    message: /is terraform 1\.8\.0/,
    spoil: (server) => replaceZip(server, makeZip('terraform', fakeTool('Terraform', '1.8.0'))),
  },
  'no build for this platform': {
    code: 'TOOL_MISSING',
    message: /no build for linux_amd64/,
    spoil: (server) => server.answers.set(SUMS, `${'a'.repeat(64)}  terraform_1.9.0_plan9_arm.zip\n`),
  },
  'no digests': { code: 'TOOL_MISSING', message: /answered 404/, spoil: (server) => server.answers.delete(SUMS) },
  'no index': {
    code: 'TOOL_MISSING',
    message: /is no list of releases/,
    spoil: (server) => server.answers.set('/terraform/index.json', '<html>'),
  },
  'a server that stops in the middle': {
    code: 'TOOL_UNREACHABLE',
    message: /said nothing for 100 ms/,
    spoil: (server) => server.answers.set(ZIP, (response) => void response.write('PK')),
  },
  'a server that hangs up': {
    code: 'TOOL_UNREACHABLE',
    message: /127\.0\.0\.1/,
    spoil: (server) => server.answers.set(ZIP, (response) => void response.destroy()),
  },
  'a server that is overloaded': {
    code: 'TOOL_UNREACHABLE',
    message: /answered 503/,
    spoil: (server) => server.answers.set(ZIP, (response) => void response.writeHead(503).end()),
  },
  'a redirect that never ends': {
    code: 'TOOL_MISSING',
    message: /leads on and on/,
    spoil: (server) => server.answers.set(ZIP, (response) => void response.writeHead(302, { location: ZIP }).end()),
  },
};
test.each(Object.entries(BAD))(
  '%s: one sentence says so, and nothing of it stays or runs',
  async (_, { code, message, spoil }) => {
    const server = await startReleaseServer(['1.9.0']);
    const mark = join(await makeTempDir(), 'ran');
    spoil(server, mark);
    const { tools, cacheDir } = await open({ server, idleMs: 100 });
    await expect(tools.find(wish('>= 1.9'))).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await listTree(cacheDir)).toEqual([]);
    expect(await listTree(dirname(mark))).toEqual([]);
  },
);

test('a redirect to where the file lies is followed', async () => {
  const server = await startReleaseServer(['1.9.0']);
  server.answers.set('/elsewhere', server.answers.get(ZIP)!);
  server.answers.set(ZIP, (response) => void response.writeHead(302, { location: '../../elsewhere' }).end());
  const { tools } = await open({ server });
  expect(await tools.find(wish('1.9.0'))).toMatchObject({ version: '1.9.0' });
});

test('where nothing can be had, the sentence names the tool; where only the version is wrong, it names that', async () => {
  const { tools } = await open();
  await expect(tools.find(wish(null))).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    message: 'Terraform is not on the PATH and could not be had: downloads are off.',
  });
  const { tools: old } = await open({ environmentPath: await onPath({ terraform: fakeTool('Terraform', '1.5.7') }) });
  await expect(old.find(wish('~> 1.9'))).rejects.toMatchObject({
    code: 'TOOL_VERSION',
    details: { version: '1.5.7', constraint: '~> 1.9' },
  });
});

test('eight jobs that miss a tool download it once; two processes both end with a whole one', async () => {
  const server = await startReleaseServer(['1.9.0']);
  const { tools, cacheDir } = await open({ server });
  const { tools: other } = await open({ server, cacheDir });
  const found = await Promise.all([
    ...Array.from({ length: 8 }, () => tools.find(wish('1.9.0'))),
    other.find(wish('1.9.0')),
  ]);
  expect(new Set(found.map((tool) => tool.path)).size).toBe(1);
  expect(server.asked.filter((path) => path === ZIP).length).toBe(2);
  expect((await listTree(join(cacheDir, 'tools'))).length).toBe(1);
});

test('a damaged tool in the cache is replaced', async () => {
  const server = await startReleaseServer(['1.9.0']);
  const { tools, cacheDir } = await open({ server });
  const { path } = await tools.find(wish('1.9.0'));
  await truncate(path, 3);
  const { tools: later } = await open({ server, cacheDir });
  expect(await later.find(wish('1.9.0'))).toMatchObject({ path, version: '1.9.0' });
  expect(await readFile(path, 'utf8')).toBe(fakeTool('Terraform', '1.9.0'));
});

test('what a killed installation left is swept, what a running one holds is not', async () => {
  const server = await startReleaseServer(['1.9.0']);
  const { tools, cacheDir } = await open({ server });
  for (const name of ['.new-old', '.new-young']) {
    await mkdir(join(cacheDir, 'tools', name), { recursive: true });
    await writeFile(join(cacheDir, 'tools', name, 'release.zip'), 'PK');
  }
  await utimes(join(cacheDir, 'tools/.new-old'), 1_000, 1_000);
  await tools.find(wish('1.9.0'));
  expect(await listTree(join(cacheDir, 'tools'))).toEqual([
    '.new-young/release.zip',
    'terraform_1.9.0_linux_amd64/terraform',
  ]);
});

test('the demo takes whichever tool is there, and downloads OpenTofu where neither is', async () => {
  const server = await startReleaseServer(['1.9.0']);
  const both = await onPath({ terraform: fakeTool('Terraform', '1.5.7'), tofu: fakeTool('OpenTofu', '1.8.0') });
  expect(await (await open({ environmentPath: both })).tools.findAny()).toMatchObject({ name: 'terraform' });
  expect(await (await open({ environmentPath: both })).tools.findAny('>= 1.6')).toMatchObject({
    name: 'tofu',
    version: '1.8.0',
  });
  expect(await (await open({ server })).tools.findAny()).toMatchObject({ name: 'tofu', version: '1.9.0' });
  await expect((await open()).tools.findAny()).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    details: { tool: 'OpenTofu' },
  });
});

test('the first of a name on the PATH counts, and one that may not be run does not', async () => {
  const blocked = await makeTree({ terraform: fakeTool('Terraform', '1.1.0') });
  await chmod(join(blocked, 'terraform'), 0o644);
  const first = await makeTree({ terraform: fakeTool('Terraform', '1.2.0') });
  const second = await makeTree({ terraform: fakeTool('Terraform', '1.3.0') });
  const { tools } = await open({ environmentPath: `${blocked}::${first}:${second}:/usr/bin:/bin` });
  expect(await tools.find(wish(null))).toMatchObject({ version: '1.2.0' });
});

const REAL = findProgram('terraform');
test.skipIf(REAL === null)('a real Terraform is found on the PATH', async () => {
  const { tools } = await open({ environmentPath: dirname(REAL ?? '') });
  expect(await tools.find(wish('>= 1.0'))).toMatchObject({
    name: 'terraform',
    path: REAL,
    version: expect.stringMatching(/^1\./),
  });
});
