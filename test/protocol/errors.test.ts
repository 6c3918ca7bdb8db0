import { describe, expect, it } from 'vitest';
import { CATALOGUE, type ErrorCode } from '../../src/protocol/catalogue.ts';
import { fromWire, SignalboxError, toReason, toWire } from '../../src/protocol/errors.ts';

describe('an error', () => {
  it('is a sentence about the thing it concerns, with a hint', () => {
    const error = new SignalboxError('PORT_TAKEN', { port: 7700 });
    expect(error.message).toBe('Port 7700 is taken.');
    expect(error.hint).toContain('--port');
    expect(error.exitCode).toBe(2);
  });
  it.each(Object.keys(CATALOGUE) as ErrorCode[])('%s crosses the wire and stays what it is', (code) => {
    const error = new SignalboxError(code, { path: '/x', problem: 'p' });
    const back = fromWire(JSON.parse(JSON.stringify(toWire(error))));
    expect(back.code).toBe(code);
    expect(back.message).toBe(error.message);
    expect(back.httpStatus).toBe(error.httpStatus);
  });
  it('of a newer version keeps its sentence', () => {
    const body = { error: { code: 'NOT_YET_KNOWN', message: 'The moon is in the way.', details: {} } };
    expect(fromWire(body)).toMatchObject({ code: 'UNEXPECTED' });
    expect(fromWire(body).message).toContain('The moon is in the way');
  });
  it('that is not one of ours is said to be that', () => {
    expect(fromWire('<html>').code).toBe('UNEXPECTED');
  });
  it('read back from a trace is the same reason as live', () => {
    const live = toReason(new SignalboxError('FENCED', { attempt: 'a', fence: 1, current: 2 }));
    expect(toReason(JSON.parse(JSON.stringify(live)))).toEqual(live);
    expect(toReason(new Error('plain'))).toEqual({ code: 'UNEXPECTED', message: 'plain' });
  });
});
