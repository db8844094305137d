import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AddSite } from '../../../src/companies/add-site.js';
import { CreateCompany } from '../../../src/companies/create-company.js';
import { ConfirmFlow } from '../../../src/flows/confirm-flow.js';
import { EditFlow } from '../../../src/flows/edit-flow.js';
import { EndSynergy } from '../../../src/flows/end-synergy.js';
import { flowHistory, type FlowHistoryRow, readFlow, searchFlows, searchSynergies } from '../../../src/flows/flows.queries.js';
import { type NewFlow, RecordFlow } from '../../../src/flows/record-flow.js';
import { RecordSynergy } from '../../../src/flows/record-synergy.js';
import { RestoreFlow } from '../../../src/flows/restore-flow.js';
import { WithdrawFlow } from '../../../src/flows/withdraw-flow.js';
import type { Context } from '../../../src/platform/context.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { agreeTerritories, makePerson, makeTerritory } from '../../support/world.js';
import { shippedKnowledge } from '../../unit/flows/knowledge.js';

const knowledge = shippedKnowledge();

describe('flows', () => {
  let database: TestDatabase;
  let advisor: Context & { personId: string };
  let stranger: Context & { personId: string };
  let siteId: string;
  let companyId: string;
  let record: RecordFlow;
  let edit: EditFlow;

  beforeAll(async () => {
    database = await openTestDatabase();
    const [here, elsewhere] = [await makeTerritory(database, 'ici'), await makeTerritory(database, 'ailleurs')];
    advisor = await makePerson(database, here, ['advisor']);
    stranger = await makePerson(database, elsewhere, ['advisor']);
    await agreeTerritories(database, here, elsewhere);
    companyId = (await new CreateCompany(database.api, knowledge).execute(advisor, { name: 'Brasserie du Test' })).id;
    siteId = (await new AddSite(database.api, knowledge).execute(advisor, companyId, { latitude: 44, longitude: 1.3 })).id;
    record = new RecordFlow(database.api, knowledge);
    edit = new EditFlow(database.api, knowledge);
  });
  afterAll(async () => {
    await database?.close();
  });

  const grain = (fields: Partial<NewFlow> = {}): NewFlow =>
    ({ siteId, direction: 'output', category: 'brewers-spent-grain', quantity: { value: 10, unit: 't', period: 'mois' }, wish: 'oui', ...fields });
  const read = (id: string, context: Context = advisor): ReturnType<typeof readFlow> => database.api.read(context, (tx) => readFlow(tx, id));
  const history = (id: string, context: Context = advisor): Promise<FlowHistoryRow[]> => database.api.read(context, (tx) => flowHistory(tx, id, null, 50));
  const changes = async (id: string): Promise<string[]> => (await history(id)).map((row) => `${row.version} ${row.change}`).reverse();
  const rejected = (status: number, code: string, ...errors: object[]): object =>
    expect.objectContaining({ status, code, ...(errors.length > 0 ? { errors: errors.map((error) => expect.objectContaining(error)) } : {}) });

  describe('being recorded', () => {
    it('become version 1, whole in the history, and enter the trail', async () => {
      const { id, version, created } = await record.execute(advisor, grain({ ref: 'G-1' }));
      expect({ version, created }).toEqual({ version: 1, created: true });
      const { flow, place } = await read(id);
      expect(flow).toMatchObject({ ref: 'G-1', quantity: 120, quantityEntered: '10 t/mois', wish: 'yes', confirmedOn: '2026-11-23', withdrawnAt: null });
      expect(place).toMatchObject({ companyId, companyName: 'Brasserie du Test', siteId });
      const [first] = await history(id);
      expect(first).toMatchObject({ version: 1, change: 'recorded', changedBy: { id: advisor.personId }, data: { quantity: 120, siteId, companyId, withdrawnAt: null, wish: 'yes' } });
      // Every column of the table that is not bookkeeping is in the version.
      const { rows } = await database.admin.query<{ column_name: string }>("SELECT column_name FROM information_schema.columns WHERE table_schema = 'maillon' AND table_name = 'flow'");
      const kept = new Set(Object.keys(first.data).map((key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
      expect(rows.map((row) => row.column_name).filter((column) => !kept.has(column)).sort()).toEqual(['id', 'territory_id', 'updated_at', 'version']);
    });

    it('with an id of the sender are one flow however often and however fast they are sent', async () => {
      const id = randomUUID();
      const results = await Promise.all([1, 2, 3, 4].map(() => record.execute(advisor, grain({ id }))));
      expect(results.filter((result) => result.created)).toHaveLength(1);
      expect(results.every((result) => result.id === id)).toBe(true);
      expect(await changes(id)).toEqual(['1 recorded']);
      database.clock.advance({ days: 1 });
      await expect(record.execute(advisor, grain({ id: id.toUpperCase() }))).resolves.toEqual({ id, version: 1, created: false });
      database.clock.advance({ days: -1 });
      await expect(record.execute(advisor, grain({ id, description: 'autre chose' }))).rejects.toEqual(rejected(409, 'id-in-use'));
      await expect(record.execute(stranger, grain({ id }))).rejects.toEqual(rejected(404, 'not-found'));
    });

    it('are refused with every wrong field, at a site of another territory, or with a reference in use', async () => {
      await expect(record.execute(advisor, grain({ category: 'or en barre', quantity: { value: -1, unit: 't' }, confirmedOn: '2027-01-01' }))).rejects.toEqual(
        rejected(422, 'invalid-fields', { field: 'category' }, { field: 'quantity.value', found: '-1' }, { field: 'confirmedOn', code: 'in-the-future' }));
      await expect(record.execute(stranger, grain())).rejects.toEqual(rejected(404, 'not-found'));
      await record.execute(advisor, grain({ ref: 'G-2' }));
      await expect(record.execute(advisor, grain({ ref: 'G-2' }))).rejects.toEqual(rejected(409, 'flow-exists', { field: 'ref', found: 'G-2' }));
    });
  });

  describe('being edited', () => {
    it('keep what was not spoken of, make a version, and none when nothing changes', async () => {
      const { id } = await record.execute(advisor, grain({ months: [1, 2, 3], quality: { 'dry-matter': 22 }, presentCost: 12 }));
      await expect(edit.execute(advisor, id, 1, { wish: 'no', presentOutlet: 'éleveur' })).resolves.toEqual({ version: 2 });
      const { flow } = await read(id);
      expect(flow).toMatchObject({ wish: 'no', presentOutlet: 'éleveur', quantity: 30, quantityEntered: '10 t/mois', months: 7, quality: { 'dry-matter': 22 }, presentCost: 12 });
      await expect(edit.execute(advisor, id, 2, { wish: 'non' })).resolves.toEqual({ version: 2 });
      await edit.execute(advisor, id, 2, { quantity: { value: 40, unit: 't', period: 'an' }, months: null });
      expect((await read(id)).flow).toMatchObject({ quantity: 40, months: null, version: 3 });
      await edit.execute(advisor, id, 3, { quantity: null });
      expect((await read(id)).flow).toMatchObject({ quantity: null, quantityEntered: null });
      expect(await changes(id)).toEqual(['1 recorded', '2 edited', '3 edited', '4 edited']);
    });

    it('are refused when stale, when foreign, when a field is wrong', async () => {
      const { id } = await record.execute(advisor, grain());
      await edit.execute(advisor, id, 1, { wish: 'non demandé' });
      await expect(edit.execute(advisor, id, 1, { wish: 'non' })).rejects.toEqual(rejected(412, 'stale'));
      await expect(edit.execute(stranger, id, 2, { wish: 'non' })).rejects.toEqual(rejected(404, 'not-found'));
      await expect(edit.execute(advisor, randomUUID(), 1, { wish: 'non' })).rejects.toEqual(rejected(404, 'not-found'));
      await expect(edit.execute(advisor, id, 2, { wasteCode: '123456', quality: { taste: 1 } })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'quality.taste' }, { field: 'wasteCode' }));
      expect(await changes(id)).toEqual(['1 recorded', '2 edited']);
    });

    it('by two people at once: one wins, the other is told', async () => {
      const { id } = await record.execute(advisor, grain());
      const both = await Promise.allSettled(['éleveur', 'méthaniseur'].map((presentOutlet) => edit.execute(advisor, id, 1, { presentOutlet })));
      expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { status: 412 } });
      expect(await changes(id)).toEqual(['1 recorded', '2 edited']);
    });

    it('to a category of another unit have their amounts said anew', async () => {
      const { id } = await record.execute(advisor, grain());
      await expect(edit.execute(advisor, id, 1, { category: 'wood-pallets-reusable' })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'quantity', code: 'unit-changes' }));
      await edit.execute(advisor, id, 1, { category: 'wood-pallets-reusable', quantity: { value: 500, unit: 'palettes', period: 'an' } });
      expect((await read(id)).flow).toMatchObject({ category: 'wood-pallets-reusable', quantity: 500 });
    });

    it('make a suggested category a declared one when a person names it', async () => {
      const { id } = await record.execute(advisor, grain({ category: 'drêches de malt' }));
      await edit.execute(advisor, id, 1, { wish: 'non' });
      expect((await read(id)).flow.categoryOrigin).toBe('suggested');
      await edit.execute(advisor, id, 2, { category: 'brewers-spent-grain' });
      expect((await read(id)).flow.categoryOrigin).toBe('declared');
    });

    it('with a hazardous waste code become hazardous, and stay so until somebody says otherwise', async () => {
      const { id } = await record.execute(advisor, grain({ category: 'paint-sludge', wasteCode: '080114', hazardous: false }));
      await edit.execute(advisor, id, 1, { wasteCode: '08 01 13*' });
      expect((await read(id)).flow).toMatchObject({ hazardous: true, wasteCode: '080113' });
      await edit.execute(advisor, id, 2, { wasteCode: '080114' });
      expect((await read(id)).flow.hazardous).toBe(true);
      await expect(edit.execute(advisor, id, 3, { wasteCode: '080113', hazardous: false })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'hazardous', code: 'contradicts-waste-code' }));
      await edit.execute(advisor, id, 3, { hazardous: false });
      expect((await read(id)).flow.hazardous).toBe(false);
    });
  });

  it('are confirmed, withdrawn and restored, each a version; the same again changes nothing', async () => {
    const { id } = await record.execute(advisor, grain({ confirmedOn: '2025-01-01' }));
    const [confirm, withdraw, restore] = [new ConfirmFlow(database.api), new WithdrawFlow(database.api), new RestoreFlow(database.api)];
    await expect(confirm.execute(advisor, id, 1)).resolves.toEqual({ version: 2 });
    await expect(confirm.execute(advisor, id, 2)).resolves.toEqual({ version: 2 });
    expect((await read(id)).flow.confirmedOn).toBe('2026-11-23');
    await expect(withdraw.execute(advisor, id, 2)).resolves.toEqual({ version: 3 });
    await expect(withdraw.execute(advisor, id, 3)).resolves.toEqual({ version: 3 });
    await expect(edit.execute(advisor, id, 3, { wish: 'non' })).rejects.toEqual(rejected(409, 'withdrawn'));
    await expect(confirm.execute(advisor, id, 3)).rejects.toEqual(rejected(409, 'withdrawn'));
    await expect(restore.execute(advisor, id, 3)).resolves.toEqual({ version: 4 });
    expect((await read(id)).flow.withdrawnAt).toBeNull();
    expect(await changes(id)).toEqual(['1 recorded', '2 confirmed', '3 withdrawn', '4 restored']);
    expect((await history(id))[1].data.withdrawnAt).toBe(database.clock.now().toISOString());
    for (const action of [confirm, withdraw, restore]) {
      await expect(action.execute(advisor, id, 3)).rejects.toEqual(rejected(412, 'stale'));
      await expect(action.execute(stranger, id, 4)).rejects.toEqual(rejected(404, 'not-found'));
    }
    const { rows } = await database.admin.query<{ action: string }>('SELECT action FROM audit_event WHERE subject_id = $1 ORDER BY id', [id]);
    expect(rows.map((row) => row.action)).toEqual(['flow.recorded', 'flow.confirmed', 'flow.withdrawn', 'flow.restored']);
  });

  it('are listed by site, company, category, direction and words, in pages, and never across the border', async () => {
    const company = await new CreateCompany(database.api, knowledge).execute(advisor, { name: 'Listes' });
    const site = await new AddSite(database.api, knowledge).execute(advisor, company.id, {});
    const refs = ['L-1', 'L-2', 'L-3', 'L-4', 'L-5'];
    for (const ref of refs) await record.execute(advisor, grain({ ref, siteId: site.id, direction: ref === 'L-5' ? 'entrant' : 'sortant', description: `Drêches été ${ref}` }));
    const found = async (search: object, context: Context = advisor): Promise<string[]> =>
      (await database.api.read(context, (tx) => searchFlows(tx, { limit: 50, ...search }), { across: true })).rows.map(({ flow }) => flow.ref);
    expect(await found({ siteId: site.id })).toEqual(refs);
    expect(await found({ companyId: company.id, direction: 'input' })).toEqual(['L-5']);
    expect(await found({ companyId: company.id, category: 'bark' })).toEqual([]);
    expect(await found({ text: 'dreches ETE l-3' })).toEqual(['L-3']);
    expect(await found({ companyId: company.id, withdrawn: true })).toEqual([]);
    expect(await found({ companyId: company.id, referentId: advisor.personId })).toEqual(refs);
    expect(await found({ siteId: site.id }, stranger)).toEqual([]);
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await database.api.read(advisor, (tx) => searchFlows(tx, { siteId: site.id, limit: 2, after }));
      pages.push(page.rows.map(({ flow }) => flow.ref));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(pages).toEqual([['L-1', 'L-2'], ['L-3', 'L-4'], ['L-5']]);
  });

  it('are not read by another territory, nor is their history, even with an agreement', async () => {
    const { id } = await record.execute(advisor, grain());
    await expect(database.api.read(stranger, (tx) => readFlow(tx, id), { across: true })).rejects.toEqual(rejected(404, 'not-found'));
    await expect(database.api.read(stranger, (tx) => flowHistory(tx, id, null, 10), { across: true })).rejects.toEqual(rejected(404, 'not-found'));
  });

  describe('running synergies', () => {
    it('are recorded once, ended, and run again when recorded again', async () => {
      const output = await record.execute(advisor, grain());
      const input = await record.execute(advisor, grain({ direction: 'input' }));
      const [recordSynergy, end] = [new RecordSynergy(database.api), new EndSynergy(database.api)];
      const pair = { outputFlowId: output.id, inputFlowId: input.id };
      const list = async (context: Context = advisor): Promise<object[]> => (await database.api.read(context, (tx) => searchSynergies(tx, { flowId: output.id, limit: 10 }))).rows;
      const { id } = await recordSynergy.execute(advisor, { ...pair, startedOn: '01/02/2026' });
      await expect(recordSynergy.execute(advisor, pair)).resolves.toEqual({ id });
      expect(await list()).toMatchObject([{ id, startedOn: '2026-02-01', endedOn: null, output: { flowId: output.id, companyId }, input: { flowId: input.id } }]);
      await expect(end.execute(advisor, id, '2026-01-01')).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'endedOn' }));
      await expect(end.execute(advisor, id, '2026-12-01')).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'endedOn' }));
      await expect(end.execute(stranger, id)).rejects.toEqual(rejected(404, 'not-found'));
      await expect(end.execute(advisor, id)).resolves.toEqual({ endedOn: '2026-11-23' });
      await recordSynergy.execute(advisor, pair);
      expect(await list()).toMatchObject([{ id, startedOn: null, endedOn: null }]);
      expect(await list(stranger)).toEqual([]);
    });

    it('are refused between flows of the wrong side or of another territory, or from tomorrow on', async () => {
      const output = await record.execute(advisor, grain());
      const input = await record.execute(advisor, grain({ direction: 'input' }));
      const recordSynergy = new RecordSynergy(database.api);
      await expect(recordSynergy.execute(advisor, { outputFlowId: input.id, inputFlowId: output.id })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'outputFlowId', code: 'no-such-output' }));
      await expect(recordSynergy.execute(stranger, { outputFlowId: output.id, inputFlowId: input.id })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'outputFlowId' }));
      await expect(recordSynergy.execute(advisor, { outputFlowId: output.id, inputFlowId: input.id, startedOn: '2026-11-24' })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'startedOn' }));
    });
  });
});
