import { Injectable } from '@nestjs/common';
import { refuseErrors } from '../companies/companies.queries.js';
import { activateDraft, createDraft, editDraft, type PolicyDocumentRow, policyVersion, rollBack } from '../matching/policy-versions.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';

/** What an analyst does to the policy: draft, edit, activate, roll back. Each is one transaction with its row in the trail. */
@Injectable()
export class ChangePolicy {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** A draft with the document of the active version. */
  async draft(context: Context): Promise<PolicyDocumentRow> {
    return this.unitOfWork.write(context, async (tx) => policyVersion(tx, await createDraft(tx)));
  }

  /** @param tag of the draft that was on screen. @throws Problem 404, 409 (no draft), 412, 422 with the field */
  async edit(context: Context, version: number, tag: string, document: unknown): Promise<PolicyDocumentRow> {
    return this.unitOfWork.write(context, (tx) => editDraft(tx, version, tag, document));
  }

  /** Takes effect at the next run. @throws Problem 404, 409, 412, 422 (no note) */
  async activate(context: Context, version: number, tag: string, note: string, replaces: number | null): Promise<PolicyDocumentRow> {
    return this.unitOfWork.write(context, (tx) => activateDraft(tx, version, tag, readNote(note), replaces));
  }

  /** A new version with the document of an earlier one, active at once. @throws Problem 404, 409, 422 (no note) */
  async rollBack(context: Context, toVersion: number, note: string, replaces: number): Promise<PolicyDocumentRow> {
    return this.unitOfWork.write(context, (tx) => rollBack(tx, toVersion, readNote(note), replaces));
  }
}

function readNote(note: string): string {
  const text = note.trim();
  if (text === '') refuseErrors([{ field: 'note', code: 'note-missing', found: 'nothing', expected: 'what changes, and why' }]);
  return text;
}
