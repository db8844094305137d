import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { whoDecides } from '../../../src/access/delegation.js';

describe('who decides while somebody is away', () => {
  const advisors = new Set(['a', 'b', 'c']);

  it('is oneself when present', () => {
    expect(whoDecides('a', advisors, [{ personId: 'b', delegateId: 'a' }])).toBe('a');
  });

  it('is the delegate, or the delegate of one who is away too', () => {
    expect(whoDecides('a', advisors, [{ personId: 'a', delegateId: 'b' }])).toBe('b');
    expect(whoDecides('a', advisors, [{ personId: 'a', delegateId: 'b' }, { personId: 'b', delegateId: 'c' }])).toBe('c');
  });

  it('is nobody when no delegate was named, or delegates name each other in a ring', () => {
    expect(whoDecides('a', advisors, [{ personId: 'a', delegateId: null }])).toBeNull();
    expect(whoDecides('a', advisors, [{ personId: 'a', delegateId: 'b' }, { personId: 'b', delegateId: 'a' }])).toBeNull();
  });

  it('is nobody when the delegate is no advisor any more, nor is somebody who is no advisor themselves', () => {
    expect(whoDecides('a', advisors, [{ personId: 'a', delegateId: 'gone' }])).toBeNull();
    expect(whoDecides('gone', advisors, [])).toBeNull();
  });

  it('still passes on what is assigned to somebody who has left but whose absence names a delegate', () => {
    expect(whoDecides('gone', advisors, [{ personId: 'gone', delegateId: 'a' }])).toBe('a');
  });

  it('always ends, at an advisor who is present or at nobody', () => {
    const people = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const absences = fc.uniqueArray(fc.record({ personId: people, delegateId: fc.option(people) }), { selector: (absence) => absence.personId });
    fc.assert(fc.property(people, fc.uniqueArray(people), absences, (person, some, away) => {
      const by = whoDecides(person, new Set(some), away);
      if (by !== null) {
        expect(some).toContain(by);
        expect(away.map((absence) => absence.personId)).not.toContain(by);
      }
    }));
  });
});
