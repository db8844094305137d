import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Company, ContactPerson } from '../companies/companies.entities.js';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import { Flow } from './flows.entities.js';
import { storeChange } from './flows.queries.js';

export interface MergeResult {
  sites: number;
  flows: number;
  contacts: number;
  agreements: number;
}

/**
 * Merges a double into the company it is a double of. Its sites, flows, contact people and agreements move; it stays as an
 * empty row that names the survivor. It stands in this room because every flow that moves gets a version.
 *
 * Where both have the same natural key: of two contact people the survivor's stays, completed from the other, and an
 * opposition to mail of either holds; of two agreements signed the same day the survivor's stays and the other remains with
 * the double. A survivor without SIREN takes the double's, and its key;
 * the double keeps the other key, so that whoever reads `mergedIntoId` finds the survivor by either.
 */
@Injectable()
export class MergeCompanies {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404 when either is not in this territory, 409 when either was merged before, 422 when both are the same */
  async execute(context: Context, survivorId: string, doubleId: string): Promise<MergeResult> {
    if (survivorId.toLowerCase() === doubleId.toLowerCase()) {
      throw new Problem(422, 'merge-with-itself', 'A company cannot be merged with itself.', [{ field: 'doubleId', code: 'same-company', found: doubleId, expected: 'the id of another company' }]);
    }
    return this.unitOfWork.write(context, async (tx) => {
      const { survivor, double } = await lockBoth(tx, survivorId, doubleId);
      const { territoryId } = context;
      await this.takeOver(tx, survivor, double);
      const sites = await tx.sql<{ id: string }>('UPDATE site SET company_id = $3, updated_at = $4 WHERE territory_id = $1 AND company_id = $2 RETURNING id', [territoryId, doubleId, survivorId, tx.now]);
      const flows = await tx.entities.find(Flow, { where: { territoryId, siteId: In(sites.map((site) => site.id)) }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
      for (const flow of flows) await storeChange(tx, flow, {}, 'merged', ['companyId']);
      const contacts = await moveContacts(tx, survivorId, doubleId);
      const agreements = await tx.sql(
        `UPDATE confidentiality_agreement a SET company_id = $3, updated_at = $4
         WHERE a.territory_id = $1 AND a.company_id = $2
           AND NOT EXISTS (SELECT 1 FROM confidentiality_agreement b WHERE b.territory_id = $1 AND b.company_id = $3 AND b.signed_on = a.signed_on)
         RETURNING id`, [territoryId, doubleId, survivorId, tx.now]);
      const result: MergeResult = { sites: sites.length, flows: flows.length, contacts, agreements: agreements.length };
      await tx.audit({
        action: 'company.merged', subjectType: 'company', subjectId: survivorId,
        data: { doubleId, doubleRef: double.ref, sites: sites.map((site) => site.id), flows: flows.map((flow) => flow.id), contacts, agreements: agreements.length },
      });
      return result;
    });
  }

  /** The double steps back behind the survivor: who is whose, the SIREN, the group and the référent. */
  private async takeOver(tx: Transaction, survivor: Company, double: Company): Promise<void> {
    const { territoryId } = tx.context;
    const change = (id: string, columns: Partial<Company>): Promise<unknown> => tx.entities.update(Company, { id, territoryId }, { ...columns, updatedAt: tx.now });
    // Doubles of the double: one step leads to the survivor, always.
    await tx.entities.update(Company, { territoryId, mergedIntoId: double.id }, { mergedIntoId: survivor.id });
    const naf = survivor.naf ?? double.naf;
    const groupRef = survivor.groupRef ?? double.groupRef;
    const referentId = survivor.referentId ?? double.referentId;
    if (survivor.siren !== null || double.siren === null) {
      await change(double.id, { mergedIntoId: survivor.id });
      await change(survivor.id, { naf, groupRef, referentId });
      return;
    }
    // The keys change places, so that files which still say the survivor's old reference are led to it through the double.
    await change(double.id, { mergedIntoId: survivor.id, siren: null, ref: `merged-${double.id}` });
    await change(survivor.id, { siren: double.siren, ref: double.ref, naf, groupRef, referentId });
    await change(double.id, { ref: survivor.ref });
  }
}

/** Locks in the order of ids, so that two merges of the same companies do not wait for each other. */
async function lockBoth(tx: Transaction, survivorId: string, doubleId: string): Promise<{ survivor: Company; double: Company }> {
  const found = await tx.entities.find(Company, {
    where: { territoryId: tx.context.territoryId, id: In([survivorId, doubleId]) }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' },
  });
  const survivor = found.find((company) => company.id === survivorId.toLowerCase());
  const double = found.find((company) => company.id === doubleId.toLowerCase());
  if (!survivor || !double) throw notFound('company');
  if (double.mergedIntoId !== null) throw new Problem(409, 'merged', `The double was merged before, into ${double.mergedIntoId}.`);
  if (survivor.mergedIntoId !== null) throw new Problem(409, 'merged', `The company to keep was itself merged, into ${survivor.mergedIntoId}.`);
  return { survivor, double };
}

/** @returns how many contact people moved or were folded into one of the survivor's */
async function moveContacts(tx: Transaction, survivorId: string, doubleId: string): Promise<number> {
  const { territoryId } = tx.context;
  const kept = new Map((await tx.entities.findBy(ContactPerson, { territoryId, companyId: survivorId })).map((contact) => [contact.ref, contact]));
  const moving = await tx.entities.findBy(ContactPerson, { territoryId, companyId: doubleId });
  for (const contact of moving) {
    const same = kept.get(contact.ref);
    if (!same) {
      await tx.entities.update(ContactPerson, { id: contact.id, territoryId }, { companyId: survivorId, updatedAt: tx.now });
      continue;
    }
    await tx.entities.update(ContactPerson, { id: same.id, territoryId }, {
      position: same.position ?? contact.position, phone: same.phone ?? contact.phone, email: same.email ?? contact.email,
      opposedToMail: same.opposedToMail || contact.opposedToMail, updatedAt: tx.now,
    });
    await tx.entities.delete(ContactPerson, { id: contact.id, territoryId });
  }
  return moving.length;
}
