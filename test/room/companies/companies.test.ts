import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AddContact } from '../../../src/companies/add-contact.js';
import { AddSite } from '../../../src/companies/add-site.js';
import { companySheet, searchCompanies } from '../../../src/companies/companies.queries.js';
import { CreateCompany } from '../../../src/companies/create-company.js';
import { EditAgreement } from '../../../src/companies/edit-agreement.js';
import { EditCompany } from '../../../src/companies/edit-company.js';
import { EditContact } from '../../../src/companies/edit-contact.js';
import { EditSite } from '../../../src/companies/edit-site.js';
import { pseudonym } from '../../../src/companies/pseudonym.js';
import { RecordAgreement } from '../../../src/companies/record-agreement.js';
import { RemoveContact } from '../../../src/companies/remove-contact.js';
import type { Context } from '../../../src/platform/context.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { agreeTerritories, makePerson, makeTerritory } from '../../support/world.js';
import { shippedKnowledge } from '../../unit/flows/knowledge.js';

const knowledge = shippedKnowledge();
const SIREN = '000000018';
const SIRET = '00000001800002';

describe('companies', () => {
  let database: TestDatabase;
  let territoryId: string;
  let advisor: Context & { personId: string };
  let contributor: Context & { personId: string };
  let stranger: Context & { personId: string };
  let create: CreateCompany;

  beforeAll(async () => {
    database = await openTestDatabase();
    territoryId = await makeTerritory(database, 'ici');
    const elsewhere = await makeTerritory(database, 'ailleurs');
    advisor = await makePerson(database, territoryId, ['advisor']);
    contributor = await makePerson(database, territoryId, ['contributor']);
    stranger = await makePerson(database, elsewhere, ['advisor']);
    // Even an agreement between the territories opens none of these doors.
    await agreeTerritories(database, territoryId, elsewhere);
    create = new CreateCompany(database.api, knowledge);
  });
  afterAll(async () => {
    await database?.close();
  });

  const sheet = (id: string, context: Context = advisor): ReturnType<typeof companySheet> => database.api.read(context, (tx) => companySheet(tx, id));
  const trail = async (subjectId: string): Promise<string[]> =>
    (await database.admin.query<{ action: string }>('SELECT action FROM audit_event WHERE subject_id = $1 ORDER BY id', [subjectId])).rows.map((row) => row.action);
  const rejected = (status: number, code: string, ...errors: object[]): object =>
    expect.objectContaining({ status, code, ...(errors.length > 0 ? { errors: errors.map((error) => expect.objectContaining(error)) } : {}) });

  it('are recorded with their SIREN as key, followed by the advisor who records them', async () => {
    const { id } = await create.execute(advisor, { name: '  Brasserie  du Test ', siren: '000 000 018', naf: '11.05z' });
    const { company, referent } = await sheet(id);
    expect(company).toMatchObject({ ref: SIREN, siren: SIREN, name: 'Brasserie du Test', naf: '1105Z', nafRevision: 'NAF2', mergedIntoId: null });
    expect(referent?.id).toBe(advisor.personId);
    expect(await trail(id)).toEqual(['company.created']);
    await expect(create.execute(advisor, { name: 'Encore elle', siren: SIREN })).rejects.toEqual(rejected(409, 'company-exists', { field: 'siren', found: SIREN }));
  });

  it('and their sites are recorded once, however often the same request is sent, also at the same time', async () => {
    const [id, siteId] = [randomUUID(), randomUUID()];
    const ask = { id, name: 'Atelier sans réseau' };
    expect(await Promise.all([create.execute(contributor, ask), create.execute(contributor, ask)])).toEqual([{ id }, { id }]);
    const addSite = new AddSite(database.api, knowledge);
    expect(await Promise.all([addSite.execute(contributor, id, { id: siteId }), addSite.execute(contributor, id, { id: siteId })])).toEqual([{ id: siteId }, { id: siteId }]);
    expect((await sheet(id)).sites).toHaveLength(1);
    expect(await trail(id)).toEqual(['company.created']);
    // Also when a colleague has changed it before the second sending.
    await new EditCompany(database.api, knowledge).execute(advisor, id, { name: 'Atelier' });
    expect(await create.execute(contributor, ask)).toEqual({ id });
    const { id: other } = await create.execute(contributor, { name: 'Une autre' });
    await expect(addSite.execute(contributor, other, { id: siteId })).rejects.toEqual(rejected(409, 'id-in-use'));
    await expect(create.execute(stranger, ask)).rejects.toThrow(/pk_company/);
  });

  it('without SIREN are known by a reference of the sender, or by one made for them; a contributor follows nobody', async () => {
    const named = await create.execute(contributor, { name: 'Projet A', ref: 'A-1' });
    const unnamed = await create.execute(contributor, { name: 'Projet B' });
    expect(await sheet(named.id)).toMatchObject({ company: { ref: 'A-1' }, referent: null });
    expect((await sheet(unnamed.id)).company.ref).toBe(`local-${unnamed.id}`);
  });

  it('are refused with every wrong field named', async () => {
    await expect(create.execute(advisor, { name: ' ', siren: '000000019', naf: '99.99Z' })).rejects.toEqual(rejected(422, 'invalid-fields',
      { field: 'siren', code: 'siren-checksum', found: '000000019' }, { field: 'name', code: 'missing' }, { field: 'naf', code: 'unknown-naf' }));
    await expect(create.execute(advisor, { name: 'X', referentId: contributor.personId })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'referentId', code: 'not-an-advisor' }));
    await expect(create.execute(advisor, { name: 'X', referentId: stranger.personId })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'referentId' }));
  });

  it('are edited field by field: absent keeps, null clears, a SIREN becomes the key', async () => {
    const edit = new EditCompany(database.api, knowledge);
    const { id } = await create.execute(advisor, { name: 'Ancien nom', ref: 'E-1', groupRef: 'groupe-x' });
    await edit.execute(advisor, id, { name: 'Nouveau nom', siren: '000000026', referentId: null });
    expect(await sheet(id)).toMatchObject({ company: { name: 'Nouveau nom', siren: '000000026', ref: '000000026', groupRef: 'groupe-x' }, referent: null });
    await edit.execute(advisor, id, { groupRef: null });
    expect((await sheet(id)).company.groupRef).toBeNull();
    expect(await trail(id)).toEqual(['company.created', 'company.edited', 'company.edited']);
    await expect(edit.execute(advisor, id, { siren: SIREN })).rejects.toEqual(rejected(409, 'company-exists'));
    await expect(edit.execute(stranger, id, { name: 'À moi' })).rejects.toEqual(rejected(404, 'not-found'));
  });

  it('are not there for another territory, even one with an agreement', async () => {
    const { id } = await create.execute(advisor, { name: 'Secrète' });
    await expect(sheet(id, stranger)).rejects.toEqual(rejected(404, 'not-found'));
    await expect(new AddSite(database.api, knowledge).execute(stranger, id, {})).rejects.toEqual(rejected(404, 'not-found'));
    await expect(new AddContact(database.api).execute(stranger, id, { name: 'X' })).rejects.toEqual(rejected(404, 'not-found'));
    await expect(new RecordAgreement(database.api).execute(stranger, id, { scope: 'x', signedOn: '2026-01-01' })).rejects.toEqual(rejected(404, 'not-found'));
    expect((await database.api.read(stranger, (tx) => searchCompanies(tx, { text: 'secrète', limit: 10 }), { across: true })).rows).toEqual([]);
  });

  describe('sites', () => {
    it('are added and edited, their place and permit among it', async () => {
      const { id: companyId } = await create.execute(advisor, { name: 'Avec site' });
      const { id } = await new AddSite(database.api, knowledge).execute(advisor, companyId, {
        siret: SIRET, communeCode: '82121', commune: 'Montauban', postcode: '82000', latitude: '44,02', longitude: 1.35, permitRegime: 'Autorisation', permitHeadings: '2791, 2220-1',
      });
      const read = async (): Promise<object> => (await sheet(companyId)).sites[0];
      expect(await read()).toMatchObject({ ref: SIRET, latitude: 44.02, longitude: 1.35, placeOrigin: 'site', permitRegime: 'authorisation', permitHeadings: ['2791', '2220-1'], hazardousPermitted: null });
      const edit = new EditSite(database.api, knowledge);
      await edit.execute(advisor, id, { hazardousPermitted: true, permitHeadings: ['2791'] });
      expect(await read()).toMatchObject({ latitude: 44.02, placeOrigin: 'site', hazardousPermitted: true, permitHeadings: ['2791'], siret: SIRET });
      await edit.execute(advisor, id, { latitude: null, longitude: null });
      expect(await read()).toMatchObject({ latitude: null, longitude: null, placeOrigin: null });
      expect(await trail(id)).toEqual(['site.added', 'site.edited', 'site.edited']);
      await expect(edit.execute(stranger, id, { name: 'x' })).rejects.toEqual(rejected(404, 'not-found'));
      await expect(new AddSite(database.api, knowledge).execute(advisor, companyId, { siret: SIRET })).rejects.toEqual(rejected(409, 'site-exists', { field: 'siret' }));
    });

    it('are refused outside the world, with half a place, a wrong SIRET or that of another company', async () => {
      const { id } = await create.execute(advisor, { name: 'Sans site', siren: '000000034' });
      const add = (fields: object): Promise<unknown> => new AddSite(database.api, knowledge).execute(advisor, id, fields);
      await expect(add({ latitude: 91, longitude: 200 })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'latitude', code: 'outside-the-world' }, { field: 'longitude', code: 'outside-the-world' }));
      await expect(add({ latitude: 44 })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'longitude', code: 'missing' }));
      await expect(add({ siret: '00000001800003' })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'siret', code: 'siret-checksum' }));
      await expect(add({ siret: '00000002600005' })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'siret', code: 'siret-of-another-company' }));
      await expect(add({ communeCode: 'Montauban', postcode: '8200', permitRegime: 'peut-être', permitHeadings: 'abc' })).rejects.toEqual(rejected(422, 'invalid-fields',
        { field: 'communeCode' }, { field: 'postcode' }, { field: 'permitRegime' }, { field: 'permitHeadings' }));
    });
  });

  describe('contact people', () => {
    it('are added, edited and removed; an opposition to mail is kept and no personal data enters the trail', async () => {
      const { id: companyId } = await create.execute(advisor, { name: 'Avec contact' });
      const add = new AddContact(database.api);
      const { id } = await add.execute(advisor, companyId, { name: 'Responsable achats', email: 'Achats@Exemple.org', phone: '05 63 00 00 00', language: 'anglais' });
      expect((await sheet(companyId)).contacts[0]).toMatchObject({ email: 'achats@exemple.org', ref: 'achats@exemple.org', language: 'en', opposedToMail: false });
      await expect(add.execute(advisor, companyId, { email: 'ACHATS@exemple.org' })).rejects.toEqual(rejected(409, 'contact-exists'));
      await new EditContact(database.api).execute(advisor, id, { opposedToMail: true, phone: null });
      expect((await sheet(companyId)).contacts[0]).toMatchObject({ name: 'Responsable achats', phone: null, opposedToMail: true });
      await expect(new EditContact(database.api).execute(stranger, id, { phone: null })).rejects.toEqual(rejected(404, 'not-found'));
      await expect(new RemoveContact(database.api).execute(stranger, id)).rejects.toEqual(rejected(404, 'not-found'));
      await new RemoveContact(database.api).execute(advisor, id);
      expect((await sheet(companyId)).contacts).toEqual([]);
      const { rows } = await database.admin.query<{ data: object }>('SELECT data FROM audit_event WHERE subject_id = $1', [id]);
      expect(JSON.stringify(rows)).not.toMatch(/exemple|achats|05 63/i);
      expect(rows).toHaveLength(3);
    });

    it('need a name or an address, and a right address', async () => {
      const { id } = await create.execute(advisor, { name: 'Contacts faux' });
      await expect(new AddContact(database.api).execute(advisor, id, {})).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'name', code: 'missing' }));
      await expect(new AddContact(database.api).execute(advisor, id, { name: 'x', email: 'pas une adresse', phone: 'abc', language: 'occitan' })).rejects.toEqual(
        rejected(422, 'invalid-fields', { field: 'email' }, { field: 'phone' }, { field: 'language' }));
    });
  });

  describe('confidentiality agreements', () => {
    it('are recorded and ended, and the sheet says whether one is valid today', async () => {
      const { id: companyId } = await create.execute(advisor, { name: 'Avec engagement' });
      const record = new RecordAgreement(database.api);
      expect((await sheet(companyId)).agreementValid).toBe(false);
      const { id } = await record.execute(advisor, companyId, { scope: 'tous les flux', signedOn: '01/03/2026', validUntil: '2027-03-01' });
      expect(await sheet(companyId)).toMatchObject({ agreementValid: true, agreements: [{ signedOn: '2026-03-01', validUntil: '2027-03-01' }] });
      await expect(record.execute(advisor, companyId, { scope: 'encore', signedOn: '2026-03-01' })).rejects.toEqual(rejected(409, 'agreement-exists'));
      const edit = new EditAgreement(database.api);
      await edit.execute(advisor, id, { validUntil: '2026-06-30' });
      expect((await sheet(companyId)).agreementValid).toBe(false);
      await expect(edit.execute(stranger, id, { validUntil: null })).rejects.toEqual(rejected(404, 'not-found'));
      await expect(edit.execute(advisor, id, { validUntil: '2026-02-01' })).rejects.toEqual(rejected(422, 'invalid-fields', { field: 'validUntil', code: 'before-signature' }));
    });

    it('cannot be signed tomorrow, nor without scope', async () => {
      const { id } = await create.execute(advisor, { name: 'Engagement faux' });
      await expect(new RecordAgreement(database.api).execute(advisor, id, { signedOn: '2026-11-24' })).rejects.toEqual(
        rejected(422, 'invalid-fields', { field: 'signedOn', code: 'in-the-future' }, { field: 'scope', code: 'missing' }));
    });
  });

  describe('the search', () => {
    const names = async (search: object, context: Context = advisor): Promise<string[]> =>
      (await database.api.read(context, (tx) => searchCompanies(tx, { limit: 50, ...search }))).rows.map((row) => row.name);

    it('finds by name without accents, by SIREN, SIRET, commune and référent', async () => {
      const { id } = await create.execute(advisor, { name: 'Fonderie Œuvre & Été 100%', siren: '000000042' });
      await new AddSite(database.api, knowledge).execute(advisor, id, { siret: '00000004200002', commune: 'Nègrepelisse', communeCode: '82134' });
      const found = ['Fonderie Œuvre & Été 100%'];
      for (const text of ['oeuvre', 'ETE 100%', 'fonderie', '000 000 042', '00000004200', 'negrep']) expect(await names({ text })).toEqual(found);
      expect(await names({ communeCode: '82134' })).toEqual(found);
      expect(await names({ referentId: advisor.personId, text: 'fonderie' })).toEqual(found);
      for (const text of ['100_', '%%', '999', "'; drop table company; --"]) expect(await names({ text })).toEqual([]);
      expect(await names({ referentId: contributor.personId })).toEqual([]);
      expect(await names({ text: 'fonderie' }, stranger)).toEqual([]);
    });

    it('gives every company once over its pages, also with equal names, and refuses a cursor that is none', async () => {
      for (let index = 0; index < 5; index += 1) await create.execute(advisor, { name: 'Homonyme' });
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await database.api.read(advisor, (tx) => searchCompanies(tx, { limit: 2, after }));
        expect(page.rows.length).toBeLessThanOrEqual(2);
        seen.push(...page.rows.map((row) => row.id));
        after = page.next ?? undefined;
      } while (after !== undefined);
      const { rows } = await database.admin.query<{ count: number }>('SELECT count(*)::integer AS count FROM company WHERE territory_id = $1', [territoryId]);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toHaveLength(rows[0].count);
      for (const wrong of ['x', 'WyJhIl0', Buffer.from('["a","b"]').toString('base64url')]) {
        await expect(database.api.read(advisor, (tx) => searchCompanies(tx, { limit: 2, after: wrong }))).rejects.toEqual(rejected(400, 'cursor-malformed'));
      }
    });
  });

  it('have a pseudonym that is stable, differs between territories and tells no name', () => {
    const [one, other] = ['019abcde-0000-7000-8000-000000000001', '019abcde-0000-7000-8000-000000000002'];
    expect(pseudonym(one, other)).toBe(pseudonym(one, other.toUpperCase()));
    expect(pseudonym(one, other)).toMatch(/^Entreprise [0-9A-F]{4}-[0-9A-F]{4}$/);
    expect(pseudonym(one, other)).not.toBe(pseudonym(other, other));
  });
});
