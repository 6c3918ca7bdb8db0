import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { SignalboxError } from '../protocol/errors.ts';
import { Hono, type AppEnv } from './http.ts';
import { toPage } from './served-ui-page.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
/** Only plain names, no leading dot: nothing that could climb out of the directory. */
const FILE = /^(?:\/[\w-][\w.-]*)+\.[a-z0-9]+$/;

const readIfThere = async (path: string): Promise<Buffer<ArrayBuffer> | null> => {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw error;
  }
};

/** The built UI: files by their path (hashed ones for ever), and its one page under every other address. */
export const createServedUi = (directory: string): Hono<AppEnv> => {
  const routes = new Hono<AppEnv>();
  routes.get('/*', async (c) => {
    const { path } = c.req;
    if (path.startsWith('/api/') || path.startsWith('/v1/'))
      throw new SignalboxError('NOT_FOUND', { thing: 'call', id: path });
    if (FILE.test(path)) {
      const file = await readIfThere(join(directory, path));
      if (!file) throw new SignalboxError('NOT_FOUND', { thing: 'file', id: path });
      const caching = path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
      return c.body(file, 200, {
        'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
        'cache-control': caching,
      });
    }
    const page = await readIfThere(join(directory, 'index.html'));
    if (!page) return c.html(toPage('The pages are not built', 'Run <code>npm run build</code>, then reload.'), 503);
    return c.body(page, 200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
  });
  return routes;
};
