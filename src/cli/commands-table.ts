import type { Command } from './command.ts';
import { checkCommand } from './commands/check.ts';
import { machineCommand } from './commands/machine.ts';
import { pipelineCommand } from './commands/pipeline.ts';
import { runCommand } from './commands/run.ts';
import { runnerCommand } from './commands/runner.ts';
import { serverCommand } from './commands/server.ts';
import { stateCommand } from './commands/state.ts';
import { tokenCommand } from './commands/token.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';

/** Every command, in the order in which people meet them. */
export const COMMANDS: readonly Command[] = [
  upCommand,
  runCommand,
  pipelineCommand,
  serverCommand,
  runnerCommand,
  tokenCommand,
  stateCommand,
  traceCommand,
  machineCommand,
  checkCommand,
];
