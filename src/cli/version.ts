import { readFileSync } from 'node:fs';

/** Of this program: from its package, which lies two folders above the sources and one above a bundle. */
export const VERSION: string =
  ['../package.json', '../../package.json']
    .map((path) => {
      try {
        const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Record<
          string,
          string
        >;
        return name === 'signalbox' ? version : undefined;
      } catch {
        return undefined;
      }
    })
    .find((version) => version !== undefined) ?? '0.0.0';
