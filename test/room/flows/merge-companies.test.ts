import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AddContact } from '../../../src/companies/add-contact.js';
import { AddSite } from '../../../src/companies/add-site.js';
import { companySheet, searchCompanies } from '../../../src/companies/companies.queries.js';
import { CreateCompany } from '../../../src/companies/create-company.js';
import { EditCompany } from '../../../src/companies/edit-company.js';
import { RecordAgreement } from '../../../src/companies/record-agreement.js';
import { flowHistory, readFlow } from '../../../src/flows/flows.queries.js';
import { MergeCompanies } from '../../../src/flows/merge-companies.js';
import { RecordFlow } from '../../../src/flows/record-flow.js';
import type { Context } from '../../../src/platform/context.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { makePerson, makeTerritory } from '../../support/world.js';
import { shippedKnowledge } from '../../unit/flows/knowledge.js';

const knowledge = shippedKnowledge();

describe('merging double companies', () => {
  let database: TestDatabase;
  let advisor: Context & { personId: string };
  let stranger: Context & { personId: string };
  let merge: MergeCompanies;

  beforeAll(async () => {
    database = await openTestDatabase();
    advisor = await makePerson(database, await makeTerritory(database, 'ici'), ['advisor']);
    stranger = await makePerson(database, await makeTerritory(database, 'ailleurs'), ['advisor']);
    merge = new MergeCompanies(database.api);
  });
  afterAll(async () => {
    await database?.close();
  });

  const company = async (name: string, fields: object = {}, context: Context = advisor): Promise<string> =>
    (await new CreateCompany(database.api, knowledge).execute(context, { name, ...fields })).id;
  const withFlow = async (companyId: string): Promise<{ siteId: string; flowId: string }> => {
    const { id: siteId } = await new AddSite(database.api, knowledge).execute(advisor, companyId, {});
    const { id: flowId } = await new RecordFlow(database.api, knowledge).execute(advisor, { siteId, direction: 'output', category: 'bark' });
    return { siteId, flowId };
  };
  const sheet = (id: string): ReturnType<typeof companySheet> => database.api.read(advisor, (tx) => companySheet(tx, id));
  const rejected = (status: number, code: string): object => expect.objectContaining({ status, code });

  it('moves sites, flows, contact people and agreements, gives each flow a version, and leaves a sign', async () => {
    const survivor = await company('Scierie du Test', { siren: '000000018' });
    const double = await company('SCIERIE DU TEST', { ref: 'D-1', naf: '16.10A' });
    const [kept, moved] = [await withFlow(survivor), await withFlow(double)];
    const contact = new AddContact(database.api);
    await contact.execute(advisor, survivor, { name: 'Une personne', email: 'a@exemple.org' });
    await contact.execute(advisor, double, { name: 'La même', email: 'A@exemple.org', phone: '05 63 00 00 00', opposedToMail: true });
    await contact.execute(advisor, double, { name: 'Une autre', email: 'b@exemple.org' });
    const agreement = new RecordAgreement(database.api);
    await agreement.execute(advisor, survivor, { scope: 'tout', signedOn: '2026-01-01' });
    await agreement.execute(advisor, double, { scope: 'un peu', signedOn: '2026-01-01' });
    await agreement.execute(advisor, double, { scope: 'tout', signedOn: '2026-02-01' });

    await expect(merge.execute(advisor, survivor, double)).resolves.toEqual({ sites: 1, flows: 1, contacts: 2, agreements: 1 });

    const { company: after, sites, contacts, agreements } = await sheet(survivor);
    expect(after).toMatchObject({ name: 'Scierie du Test', siren: '000000018', ref: '000000018', naf: '1610A', mergedIntoId: null });
    expect(sites.map((site) => site.id).sort()).toEqual([kept.siteId, moved.siteId].sort());
    expect(contacts).toMatchObject([{ name: 'Une autre', opposedToMail: false }, { name: 'Une personne', phone: '05 63 00 00 00', opposedToMail: true }]);
    expect(agreements.map(({ signedOn, scope }) => `${signedOn} ${scope}`)).toEqual(['2026-02-01 tout', '2026-01-01 tout']);
    expect(await sheet(double)).toMatchObject({ company: { mergedIntoId: survivor, ref: 'D-1' }, sites: [], contacts: [], agreements: [{ scope: 'un peu' }] });

    const history = await database.api.read(advisor, (tx) => flowHistory(tx, moved.flowId, null, 10));
    expect(history).toMatchObject([{ version: 2, change: 'merged', data: { companyId: survivor } }, { version: 1, change: 'recorded', data: { companyId: double } }]);
    const [untouched, placed] = await database.api.read(advisor, async (tx) => [await readFlow(tx, kept.flowId), await readFlow(tx, moved.flowId)]);
    expect(untouched.flow.version).toBe(1);
    expect(placed).toMatchObject({ flow: { version: 2 }, place: { companyId: survivor } });
    const found = await database.api.read(advisor, (tx) => searchCompanies(tx, { text: 'scierie', limit: 10 }));
    expect(found.rows.map((row) => row.id)).toEqual([survivor]);
    const { rows } = await database.admin.query("SELECT 1 FROM audit_event WHERE action = 'company.merged' AND subject_id = $1", [survivor]);
    expect(rows).toHaveLength(1);
  });

  it('gives the SIREN of the double to a survivor without one, and keeps both keys leading to it', async () => {
    const survivor = await company('Sans numéro', { ref: 'S-1' });
    const double = await company('Avec numéro', { siren: '000000026' });
    await merge.execute(advisor, survivor, double);
    expect((await sheet(survivor)).company).toMatchObject({ siren: '000000026', ref: '000000026' });
    expect((await sheet(double)).company).toMatchObject({ siren: null, ref: 'S-1', mergedIntoId: survivor });
  });

  it('leads from doubles of doubles to the survivor in one step', async () => {
    const [first, second, third] = [await company('A'), await company('B'), await company('C')];
    await merge.execute(advisor, second, third);
    await merge.execute(advisor, first, second);
    expect((await sheet(third)).company.mergedIntoId).toBe(first);
  });

  it('is refused with itself, twice, into a merged one, and across territories', async () => {
    const [one, other, another] = [await company('Un'), await company('Deux'), await company('Trois')];
    const foreign = await company('Là-bas', {}, stranger);
    await expect(merge.execute(advisor, one, one.toUpperCase())).rejects.toEqual(rejected(422, 'merge-with-itself'));
    await expect(merge.execute(advisor, one, foreign)).rejects.toEqual(rejected(404, 'not-found'));
    await expect(merge.execute(advisor, foreign, one)).rejects.toEqual(rejected(404, 'not-found'));
    await expect(merge.execute(stranger, one, other)).rejects.toEqual(rejected(404, 'not-found'));
    await merge.execute(advisor, one, other);
    await expect(merge.execute(advisor, one, other)).rejects.toEqual(rejected(409, 'merged'));
    await expect(merge.execute(advisor, other, another)).rejects.toEqual(rejected(409, 'merged'));
    await expect(new EditCompany(database.api, knowledge).execute(advisor, other, { name: 'Revenue' })).rejects.toEqual(rejected(409, 'merged'));
    await expect(new AddSite(database.api, knowledge).execute(advisor, other, {})).rejects.toEqual(rejected(409, 'merged'));
  });

  it('both ways at once ends in one merge and one refusal', async () => {
    const [one, other] = [await company('Face'), await company('Pile')];
    const both = await Promise.allSettled([merge.execute(advisor, one, other), merge.execute(advisor, other, one)]);
    expect(both.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((result) => result.status === 'rejected')).toMatchObject({ reason: { status: 409 } });
  });

  it('loses no flow that is recorded at the double meanwhile', async () => {
    const [one, other] = [await company('Reste'), await company('Part')];
    const { siteId } = await withFlow(other);
    const record = new RecordFlow(database.api, knowledge);
    const racing = await Promise.allSettled([
      record.execute(advisor, { siteId, direction: 'output', category: 'bark', ref: 'R-1' }), merge.execute(advisor, one, other),
      record.execute(advisor, { siteId, direction: 'output', category: 'bark', ref: 'R-2' }),
    ]);
    expect(racing[1].status).toBe('fulfilled');
    for (const result of [racing[0], racing[2]]) {
      // Either refused, or recorded and now at the survivor, its last version saying so.
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({ status: 409, code: 'merged' });
        continue;
      }
      const { id } = result.value as { id: string };
      const { place } = await database.api.read(advisor, (tx) => readFlow(tx, id));
      const [last] = await database.api.read(advisor, (tx) => flowHistory(tx, id, null, 10));
      expect(place.companyId).toBe(one);
      expect(last.data.companyId).toBe(one);
    }
  });
});
