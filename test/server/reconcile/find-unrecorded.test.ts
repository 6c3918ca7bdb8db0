import { describe, expect, it } from 'vitest';
import { findUnrecorded, toImportBlocks, toImports } from '../../../src/server/reconcile/find-unrecorded.ts';
import { readStateObjects } from '../../../src/server/reconcile/state-objects.ts';

const toObjects = (resources: unknown) => readStateObjects(Buffer.from(JSON.stringify({ resources })));
const toFound = (created: [address: string, id: string | null][], resources: unknown[] = [], options = {}) =>
  findUnrecorded(
    {
      inFlight: [],
      openSteps: [],
      created: created.map(([address, id]) => ({ address, id, action: 'create', at: 1 })),
    },
    { options },
    toObjects(resources),
  );

describe('the objects of a state', () => {
  it.each([
    [{ type: 't', name: 'n', instances: [{ attributes: { id: 'x' } }] }, 't.n'],
    [{ mode: 'data', type: 't', name: 'n', instances: [{}] }, 'data.t.n'],
    [{ module: 'module.m["a"]', type: 't', name: 'n', instances: [{ index_key: 2 }] }, 'module.m["a"].t.n[2]'],
    [{ type: 't', name: 'n', instances: [{ index_key: 'a "b" ${c}' }] }, 't.n["a \\"b\\" $${c}"]'],
  ])('%j lies at its address', (resource, address) => {
    expect([...toObjects([resource]).keys()]).toEqual([address]);
  });

  it('are those that are not deposed', () => {
    expect([...toObjects([{ type: 't', name: 'n', instances: [{ deposed: 'ab12' }] }]).keys()]).toEqual([]);
  });

  it('are none in a state that holds none', () => {
    expect(readStateObjects(Buffer.from('{"version": 4}')).size).toBe(0);
  });
});

describe('what the state lacks', () => {
  const own = { type: 't', name: 'n', instances: [{ attributes: { id: 'i-1' } }] };

  it('is what was created and is not there', () => {
    expect(
      toFound(
        [
          ['t.n', 'i-1'],
          ['t.o', 'i-2'],
        ],
        [own],
      ),
    ).toEqual([{ address: 't.o', id: 'i-2', isTaken: false }]);
  });

  it('is what was created where the state still has the old object, which no import may replace', () => {
    const unrecorded = toFound([['t.n', 'i-9']], [own]);
    expect(unrecorded).toEqual([{ address: 't.n', id: 'i-9', isTaken: true }]);
    expect(toImports(unrecorded)).toEqual([]);
  });

  it('is, of an import, what it had not come to', () => {
    const imports = [
      { address: 't.n', id: 'i-1' },
      { address: 't.o', id: 'i-2' },
    ];
    expect(toFound([], [own], { action: 'import', imports })).toMatchObject([{ address: 't.o', id: 'i-2' }]);
  });

  it('becomes import blocks, of those whose id is known', () => {
    const blocks = toImportBlocks(
      toFound([
        ['t.a["x"]', 'i-${1}'],
        ['t.b', null],
        ['t.c', 'i-3'],
      ]),
    );
    expect(blocks).toBe('import {\n  to = t.a["x"]\n  id = "i-$${1}"\n}\n\nimport {\n  to = t.c\n  id = "i-3"\n}\n');
  });
});
