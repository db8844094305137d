import { describe, expect, it } from '@jest/globals';
import type { ListDocument } from '../../../src/matching/list-document.js';
import { RunMemory } from '../../../src/matching/run-memory.js';

type Known = Parameters<RunMemory['remember']>[1];
const known = (seed: number): Known => ({ input: { kernel: { seed } }, flows: {} }) as unknown as Known;
const document = { pairs: 7 } as unknown as ListDocument;

describe('what a process remembers of runs', () => {
  it('grows with what their steps make, until they are over', () => {
    const memory = new RunMemory();
    memory.remember('a', known(1));
    memory.add('a', { document });
    expect(memory.of('a')).toEqual({ ...known(1), document });
    memory.forget('a');
    expect(memory.of('a')).toBeUndefined();
  });

  it('is nothing of a run that another process began, or that is over', () => {
    const memory = new RunMemory();
    memory.add('a', { document });
    expect(memory.of('a')).toBeUndefined();
  });

  it('is of the last four at most, so that runs taken over by others do not stay', () => {
    const memory = new RunMemory();
    for (const id of ['a', 'b', 'c', 'd', 'a', 'e']) memory.remember(id, known(id.charCodeAt(0)));
    expect(['a', 'b', 'c', 'd', 'e'].filter((id) => memory.of(id) !== undefined)).toEqual(['a', 'c', 'd', 'e']);
  });
});
