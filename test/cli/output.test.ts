import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createOutput } from '../../src/cli/output.ts';

const open = (given: { isTTY?: boolean; isJson?: boolean; env?: NodeJS.ProcessEnv; columns?: number } = {}) => {
  const { isTTY = false, isJson = false, env = {}, columns = 80 } = given;
  const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns });
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const interrupted = new AbortController();
  const output = createOutput({ stdin, stdout, stderr, isJson, env, interrupted: interrupted.signal });
  return { output, stdin, interrupted, out: () => String(stdout.read() ?? ''), err: () => String(stderr.read() ?? '') };
};
const RED = '\u001b[31mred\u001b[0m';

describe('output', () => {
  it('keeps colours on a terminal, and only there', () => {
    for (const [given, text] of [
      [{ isTTY: true }, `${RED}\n`],
      [{ isTTY: false }, 'red\n'],
      [{ isTTY: true, env: { NO_COLOR: '1' } }, 'red\n'],
      [{ isTTY: true, env: { TERM: 'dumb' } }, 'red\n'],
    ] as const) {
      const { output, out } = open(given);
      output.write(`${RED}\n`);
      expect(out()).toBe(text);
    }
  });

  it('is events and nothing else for programs', () => {
    const { output, out } = open({ isTTY: true, isJson: true });
    output.say('a line');
    output.write('text');
    output.progress('half');
    output.event({ type: 'log', text: 'a\nb' });
    expect(out()).toBe('{"type":"log","text":"a\\nb"}\n');
  });

  it('writes no event for people', () => {
    const { output, out } = open();
    output.event({ type: 'log' });
    expect(out()).toBe('');
  });

  it('redraws the progress line under what is said, cut to the width, and takes it away', () => {
    const { output, out } = open({ isTTY: true, columns: 10 });
    output.progress('123456789012345');
    output.say('line');
    output.progress(null);
    expect(out()).toBe('12345678…\r\u001b[2Kline\n12345678…\r\u001b[2K');
  });

  it('asks on a terminal only, and an interruption is no answer', async () => {
    expect(await open().output.ask('sure? ')).toBeNull();
    expect(await open({ isTTY: true, isJson: true }).output.ask('sure? ')).toBeNull();
    const { output, stdin } = open({ isTTY: true });
    const answer = output.ask('sure? ');
    stdin.write('yes\n');
    expect(await answer).toBe('yes');
    const second = open({ isTTY: true });
    const none = second.output.ask('sure? ');
    second.interrupted.abort();
    expect(await none).toBeNull();
  });
});
