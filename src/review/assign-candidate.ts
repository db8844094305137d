import { Injectable } from '@nestjs/common';
import { advisors } from '../access/access.queries.js';
import { refuseErrors } from '../companies/companies.queries.js';
import { lockCandidate, setAssignee } from '../matching/candidate-states.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { afterMove } from './candidate-state.js';
import { refuseStale } from './decided-pair.queries.js';

/** Gives an open lead to another advisor of the territory. Giving it to whom it is given already changes nothing. */
@Injectable()
export class AssignCandidate {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @returns the version of the candidate that stands afterwards. @throws Problem 404, 409 (not open), 412, 422 (no advisor of this territory) */
  async execute(context: Context, candidateId: string, expected: number, personId: string): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const candidate = await lockCandidate(tx, candidateId);
      await refuseStale(tx, candidate, expected);
      if (afterMove(candidate.status, 'assign') === null) throw new Problem(409, 'not-open', `This lead is ${candidate.status}; only an open one is given to somebody.`);
      if (!(await advisors(tx, context.territoryId)).some((advisor) => advisor.personId === personId.toLowerCase())) {
        refuseErrors([{ field: 'personId', code: 'not-an-advisor', found: personId, expected: 'the id of an advisor of this territory' }]);
      }
      if (candidate.assignedTo === personId.toLowerCase()) return { version: candidate.version };
      const version = await setAssignee(tx, candidate.id, personId);
      await tx.audit({ action: 'candidate.assigned', subjectType: 'candidate', subjectId: candidate.id, data: { from: candidate.assignedTo, to: personId, version } });
      return { version };
    });
  }
}
