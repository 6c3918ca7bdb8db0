import { findPlugin } from '../../plugins/registry.ts';
import type { Effect, Task } from '../../protocol/job.ts';

/** The strongest effect of a task's steps: what lease loss, runner loss and locks go by. */
export const effectOf = (task: Task): Effect => findPlugin(task.kind).effectOf(task);
