import { spawnSync } from 'node:child_process';

/** Nobody, by number. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** How `setpriv` makes an ordinary user of root. */
export const AS_NOBODY = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];

/** What `spawn` takes to run as somebody who may not write everywhere: nothing where this process is such a one. */
export const ordinaryUser: { uid?: number; gid?: number } = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/**
 * True where root can become an ordinary user who may read this checkout; a clone in a private folder he may not.
 * Running a program there proves nothing: its path is looked up with the rights of before.
 */
export const canBecomeNobody =
  isRoot && spawnSync('setpriv', [...AS_NOBODY, 'test', '-r', import.meta.filename], { stdio: 'ignore' }).status === 0;

/** True where a program of this checkout can be run without root's rights. */
export const hasOrdinaryUser = !isRoot || canBecomeNobody;
