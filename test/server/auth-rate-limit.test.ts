import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../src/server/auth-rate-limit.ts';

const createLimit = () => {
  const time = { ms: 0 };
  return { time, limit: createRateLimit({ elapsed: () => time.ms }) };
};
const failTimes = (limit: { fail(address: string): void }, address: string, times: number) => {
  for (let count = 0; count < times; count++) limit.fail(address);
};

describe('the limit of failed authentications', () => {
  it('refuses an address after twenty failures, and says how long', () => {
    const { limit } = createLimit();
    failTimes(limit, 'a', 19);
    expect(() => limit.check('a')).not.toThrow();
    limit.fail('a');
    expect(() => limit.check('a')).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', details: { address: 'a', seconds: 1 } }),
    );
  });

  it('never refuses one address for the failures of another', () => {
    const { limit } = createLimit();
    failTimes(limit, 'a', 100);
    expect(() => limit.check('b')).not.toThrow();
  });

  it('forgives one failure each second', () => {
    const { limit, time } = createLimit();
    failTimes(limit, 'a', 20);
    time.ms = 999;
    expect(() => limit.check('a')).toThrow();
    time.ms = 1000;
    expect(() => limit.check('a')).not.toThrow();
    limit.fail('a');
    expect(() => limit.check('a')).toThrow();
  });

  it('still counts an address after a flood of others', () => {
    const { limit } = createLimit();
    for (let index = 0; index < 10_050; index++) limit.fail(`flood ${index}`);
    failTimes(limit, 'a', 20);
    expect(() => limit.check('a')).toThrow();
  });
});
