import { describe, expect, it } from 'vitest';
import { createDesires } from '../../src/actors/desires.ts';

const ATTEMPT = 'job_0123456789abcdef.1';

describe('what the control plane wants of an attempt', () => {
  it('is told once for each change, in however many replies it comes', () => {
    const desires = createDesires();
    const told: string[] = [];
    desires.listen((_, desired) => told.push(desired));
    for (const desired of ['run', 'cancel', 'cancel', 'run', 'kill', 'cancel', 'kill'] as const)
      desires.hear(ATTEMPT, desired);
    expect(told).toEqual(['cancel', 'kill']);
  });
  it('is told to whoever listens later, as after an outage', () => {
    const desires = createDesires();
    desires.hear(ATTEMPT, 'cancel');
    const told: string[] = [];
    desires.listen((attempt) => told.push(attempt));
    expect(told).toEqual([ATTEMPT]);
  });
  it('is told again to a job that was not there yet when it came', () => {
    const desires = createDesires();
    const told: string[] = [];
    desires.listen((_, desired) => told.push(desired));
    desires.hear(ATTEMPT, 'cancel');
    desires.repeat(ATTEMPT);
    desires.repeat('job_0123456789abcdef.2');
    expect(told).toEqual(['cancel', 'cancel']);
  });
});
