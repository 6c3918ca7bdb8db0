import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlabs } from '../../src/actors/slabs.ts';

const Act = fc.oneof(
  fc.record({ add: fc.uint8Array({ maxLength: 9000 }) }),
  fc.record({ drop: fc.nat(9000) }),
  fc.constant('clear' as const),
);

describe('bytes between who makes them and who takes them', () => {
  it('come out as they went in, however they are added and dropped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.array(Act, { maxLength: 60 }), (size, acts) => {
        const slabs = createSlabs(size);
        let model = Buffer.alloc(0);
        for (const act of acts) {
          if (act === 'clear') {
            slabs.clear();
            model = Buffer.alloc(0);
          } else if ('add' in act) {
            slabs.add(act.add);
            model = Buffer.concat([model, act.add]);
          } else {
            slabs.drop(Math.min(act.drop, model.length));
            model = model.subarray(act.drop);
          }
          const first = slabs.first();
          expect(first.length > 0).toBe(model.length > 0);
          expect(model.subarray(0, first.length).equals(first)).toBe(true);
        }
      }),
    );
  });
  it('stay as they are while they are on their way, whatever is added behind them', () => {
    const slabs = createSlabs(1000);
    slabs.add(Buffer.alloc(700, 'a'));
    const sent = slabs.first();
    slabs.add(Buffer.alloc(5000, 'b'));
    slabs.clear();
    slabs.add(Buffer.alloc(5000, 'c'));
    expect(Buffer.from(sent).toString()).toBe('a'.repeat(700));
  });
  it('use the same memory again', () => {
    const slabs = createSlabs(1000);
    const seen = new Set<ArrayBufferLike>();
    for (let round = 0; round < 50; round++) {
      slabs.add(Buffer.alloc(1500));
      while (slabs.first().length > 0) {
        seen.add(slabs.first().buffer);
        slabs.drop(slabs.first().length);
      }
    }
    expect(seen.size).toBeLessThan(6);
  });
});
