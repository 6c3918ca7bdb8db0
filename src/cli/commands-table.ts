import type { Command } from './command.ts';
import { checkCommand } from './commands/check.ts';
import { machineCommand } from './commands/machine.ts';
import { runnerCommand } from './commands/runner.ts';
import { serverCommand } from './commands/server.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';

/** Every command, in the order in which people meet them. */
export const COMMANDS: readonly Command[] = [
  upCommand,
  runnerCommand,
  serverCommand,
  traceCommand,
  machineCommand,
  checkCommand,
];
