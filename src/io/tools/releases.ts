import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import * as z from 'zod';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Http, HttpResponse } from '../http.ts';

export type ToolName = 'terraform' | 'tofu';

export interface DownloadProgress {
  tool: ToolName;
  version: string;
  receivedBytes: number;
  /** Null where the server does not say. */
  totalBytes: number | null;
}

/** The vendors' release pages, or mirrors of them. */
export interface Releases {
  /** Every version that is offered. */
  list(tool: ToolName): Promise<string[]>;
  /**
   * Downloads one version's zip to `destination` and checks its digest against the release's SHA256SUMS. Throws
   * `TOOL_CHECKSUM`, or a plain error that says what is missing; then `destination` is not to be used.
   */
  download(tool: ToolName, version: string, destination: string): Promise<{ url: string }>;
}

/** A status that is no answer. */
export class AnsweredBadly extends Error {
  /** A moment later the same question may be answered. */
  readonly isPassing: boolean;
  constructor(url: string, status: number) {
    super(`${url} answered ${status}`);
    this.isPassing = status >= 500 || status === 429 || status === 408;
  }
}

const GIVE_UP_AFTER_REDIRECTS = 5;
const MAX_INDEX_BYTES = 64 * 1024 ** 2;
const MAX_ZIP_BYTES = 512 * 1024 ** 2;

const VENDOR = {
  terraform: { index: 'https://releases.hashicorp.com/terraform/index.json', files: 'https://releases.hashicorp.com' },
  tofu: {
    index: 'https://get.opentofu.org/tofu/api.json',
    files: 'https://github.com/opentofu/opentofu/releases/download',
  },
};

/** A mirror keeps the vendor's layout under one base: Terraform's release site; OpenTofu's downloads, `api.json` beside. */
const toSource = (tool: ToolName, mirror: string | undefined) => {
  if (mirror === undefined) return VENDOR[tool];
  const base = mirror.replace(/\/+$/, '');
  return { index: tool === 'terraform' ? `${base}/terraform/index.json` : `${base}/api.json`, files: base };
};

const TerraformIndex = z
  .object({ versions: z.record(z.string(), z.unknown()) })
  .transform((index) => Object.keys(index.versions));
const TofuIndex = z
  .object({ versions: z.array(z.object({ id: z.string() })) })
  .transform((index) => index.versions.map((version) => version.id));

const readAtMost = async (reply: HttpResponse, maxBytes: number, url: string): Promise<string> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of reply.body) {
    size += part.length;
    if (size > maxBytes) throw new Error(`${url} is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

/** The digest that `SHA256SUMS` announces for a file, or null. */
const findSum = (sums: string, file: string): string | null => {
  const lines = sums.split('\n').map((line) => line.trim().split(/\s+/));
  const sum = lines.find(([, name]) => name?.replace(/^\*/, '') === file)?.[0]?.toLowerCase() ?? null;
  return sum !== null && /^[0-9a-f]{64}$/.test(sum) ? sum : null;
};

export const createReleases = (options: {
  http: Http;
  mirrors: Partial<Record<ToolName, string>>;
  /** `linux_amd64`. */
  platform: string;
  /** Longest silence of the server. */
  idleMs: number;
  onProgress: (progress: DownloadProgress) => void;
}): Releases => {
  const { http, mirrors, platform, idleMs, onProgress } = options;

  const get = async (url: string): Promise<HttpResponse> => {
    let next = url;
    for (let hop = 0; hop <= GIVE_UP_AFTER_REDIRECTS; hop += 1) {
      const reply = await http.request({ method: 'GET', url: next, idleMs, headers: { 'user-agent': 'signalbox' } });
      if (reply.status === 200) return reply;
      await reply.discard();
      const location = reply.headers['location'];
      if (reply.status < 300 || reply.status > 399 || location === undefined) {
        throw new AnsweredBadly(next, reply.status);
      }
      const target = new URL(location, next);
      if (url.startsWith('https:') && target.protocol !== 'https:')
        throw new Error(`${next} leads to ${target}, which is not https`);
      next = target.href;
    }
    throw new Error(`${url} leads on and on`);
  };

  const list = async (tool: ToolName): Promise<string[]> => {
    const { index: url } = toSource(tool, mirrors[tool]);
    const text = await readAtMost(await get(url), MAX_INDEX_BYTES, url);
    try {
      return (tool === 'terraform' ? TerraformIndex : TofuIndex).parse(JSON.parse(text));
    } catch (error) {
      throw new Error(`${url} is no list of releases`, { cause: error });
    }
  };

  const download = async (tool: ToolName, version: string, destination: string): Promise<{ url: string }> => {
    const { files } = toSource(tool, mirrors[tool]);
    const folder = tool === 'terraform' ? `${files}/terraform/${version}` : `${files}/v${version}`;
    const file = `${tool}_${version}_${platform}.zip`;
    const url = `${folder}/${file}`;
    const sums = await readAtMost(await get(`${folder}/${tool}_${version}_SHA256SUMS`), MAX_INDEX_BYTES, 'SHA256SUMS');
    const announced = findSum(sums, file);
    if (announced === null) throw new Error(`release ${version} has no build for ${platform}`);

    const reply = await get(url);
    const told = Number(reply.headers['content-length'] ?? 'unknown');
    const totalBytes = Number.isSafeInteger(told) ? told : null;
    const hash = createHash('sha256');
    let receivedBytes = 0;
    const handle = await open(destination, 'wx', 0o600);
    try {
      for await (const part of reply.body) {
        receivedBytes += part.length;
        if (receivedBytes > MAX_ZIP_BYTES) throw new Error(`${url} is larger than ${MAX_ZIP_BYTES} bytes`);
        hash.update(part);
        await handle.writeFile(part);
        onProgress({ tool, version, receivedBytes, totalBytes });
      }
    } finally {
      await handle.close();
    }
    if (hash.digest('hex') !== announced) throw new SignalboxError('TOOL_CHECKSUM', { url });
    return { url };
  };

  return { list, download };
};
