import type { FaultName } from '../scenario.ts';
import { cancel } from './cancel.ts';
import { drainRunner } from './drain-runner.ts';
import type { Fault } from './fault.ts';
import { fillDisk } from './fill-disk.ts';
import { freezeControlPlane } from './freeze-control-plane.ts';
import { freezeRunner } from './freeze-runner.ts';
import { killControlPlane } from './kill-control-plane.ts';
import { killRunnerAtRecord } from './kill-runner-at-record.ts';
import { killRunner } from './kill-runner.ts';
import { lateReplies } from './late-replies.ts';
import { loseReplies } from './lose-replies.ts';
import { partition } from './partition.ts';
import { reboot } from './reboot.ts';
import { silence } from './silence.ts';

/** Every fault by its name. */
export const CATALOG: Readonly<Record<FaultName, Fault>> = {
  'kill runner': killRunner,
  'kill runner at a record': killRunnerAtRecord,
  reboot,
  'kill control plane': killControlPlane,
  'freeze runner': freezeRunner,
  'freeze control plane': freezeControlPlane,
  partition,
  silence,
  'lose replies': loseReplies,
  'late replies': lateReplies,
  'drain runner': drainRunner,
  cancel,
  'fill disk': fillDisk,
};
