import { realpathSync, statSync } from 'node:fs';

/** Octal, as fstab wants it, for what would end a field or start a comment. */
const escape = (path: string): string =>
  path.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** The very directories and files, without what is not there, and without what lies in a directory that is hidden anyway. */
const toHidden = (hide: readonly string[]): string[] => {
  const there = hide.filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  const real = [...new Set(there.map((path) => realpathSync(path)))];
  return real.filter((path) => !real.some((other) => path.startsWith(`${other}/`)));
};

/**
 * The mounts of one step as a table for `mount -a -T`: one program for all of them. The workspace comes first, because it
 * may lie in a directory that is hidden next. Null: nothing to mount.
 */
export const toMountTable = (mount: { from: string; to: string } | null, hide: readonly string[]): string | null => {
  const lines = mount === null ? [] : [`${escape(mount.from)} ${escape(mount.to)} none bind 0 0`];
  for (const path of toHidden(hide)) {
    if (statSync(path).isDirectory()) lines.push(`signalbox ${escape(path)} tmpfs ro,size=4k,mode=555 0 0`);
    else lines.push(`/dev/null ${escape(path)} none bind 0 0`);
  }
  return lines.length === 0 ? null : `${lines.join('\n')}\n`;
};
