import { describe, expect, it } from 'vitest';
import { tellFailure } from '../../src/cli/failure.ts';
import type { Output } from '../../src/cli/command.ts';
import type { Logger } from '../../src/io/logger.ts';
import { SignalboxError } from '../../src/protocol/errors.ts';

const tell = (error: unknown, isJson = false) => {
  const lines: string[] = [];
  const events: object[] = [];
  const logged: object[] = [];
  const output: Output = {
    isTerminal: false,
    hasColours: false,
    isJson,
    say: () => {},
    write: () => {},
    event: (event) => isJson && events.push(event),
    progress: () => {},
    ask: async () => null,
  };
  const nothing = () => {};
  const logger: Logger = {
    trace: nothing,
    debug: (fields) => void logged.push(fields),
    info: nothing,
    warn: nothing,
    error: nothing,
    child: () => logger,
  };
  const code = tellFailure(error, { output, logger, tell: (line) => lines.push(line) });
  return { code, lines, events, logged };
};

describe('a failure', () => {
  it('is a sentence and a hint, with the exit code of the catalogue', () => {
    const { code, lines } = tell(new SignalboxError('NOT_A_DIRECTORY', { path: './x' }));
    expect(code).toBe(2);
    expect(lines).toEqual(['Error: ./x is not a directory.', '  Name the directory that holds your Terraform code.']);
  });

  it('is an event for programs, and nothing else', () => {
    const { lines, events } = tell(new SignalboxError('PORT_TAKEN', { port: 7 }), true);
    expect(lines).toEqual([]);
    expect(events).toEqual([
      { type: 'error', code: 'PORT_TAKEN', message: 'Port 7 is taken.', hint: expect.stringContaining('--port N') },
    ]);
  });

  it('that nobody expected shows no stack, and logs it for those who look', () => {
    const { code, lines, logged } = tell(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(lines.join('\n')).toContain('x is not a function');
    expect(lines.join('\n')).not.toContain('    at ');
    expect(JSON.stringify(logged)).toContain('failure.test.ts');
  });
});
