import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { localDayOf } from '../platform/iso-week.js';
import { type FieldError, notFound, Problem } from '../platform/problem.js';
import { foldAccents } from '../resources/words.js';
import { Company, ConfidentialityAgreement, ContactPerson, Site } from './companies.entities.js';
import { type Page, pageOf, readCursor } from './cursor.js';

/** The day in the territory's time zone, `YYYY-MM-DD`. */
export async function territoryDay(tx: Transaction): Promise<string> {
  const [territory] = await tx.sql<{ time_zone: string }>('SELECT time_zone FROM territory WHERE id = $1', [tx.context.territoryId]);
  if (!territory) throw notFound('territory');
  return localDayOf(tx.now, territory.time_zone);
}

/** A fresh key, ordered by time. */
export async function newId(tx: Transaction): Promise<string> {
  const [{ id }] = await tx.sql<{ id: string }>('SELECT uuidv7() AS id');
  return id;
}

/**
 * Whether an earlier sending of the same request recorded this, whatever was edited since. Requests with the same id take turns, so
 * that the second one finds what the first did; call it before anything is checked against what is recorded.
 * @param companyId of a site: the company it was asked for
 * @throws Problem 409 when that request asked for a site of another company
 */
export async function madeBefore(tx: Transaction, table: 'company' | 'site', id: string, companyId = id): Promise<boolean> {
  await tx.sql('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [id]);
  const [made] = await tx.sql<{ companyId: string }>(
    `SELECT ${table === 'site' ? 'company_id' : 'id'} AS "companyId" FROM ${table} WHERE territory_id = $1 AND id = $2`, [tx.context.territoryId, id]);
  if (made && made.companyId !== companyId) throw new Problem(409, 'id-in-use', `This id was used for another ${table}; make a new one.`);
  return made !== undefined;
}

/** @throws Problem 422 with the fields when there are any errors */
export function refuseErrors(errors: FieldError[]): void {
  if (errors.length > 0) throw new Problem(422, 'invalid-fields', 'Some fields are not valid.', errors);
}

/**
 * The company, its row locked until the end of the transaction.
 * @throws Problem 404 when it is not in this territory, 409 when it was merged into another
 */
export async function companyToChange(tx: Transaction, companyId: string): Promise<Company> {
  const company = await tx.entities.findOne(Company, { where: { id: companyId, territoryId: tx.context.territoryId }, lock: { mode: 'pessimistic_write' } });
  if (!company) throw notFound('company');
  if (company.mergedIntoId !== null) throw new Problem(409, 'merged', `This company was a double and was merged into ${company.mergedIntoId}; change that one.`);
  return company;
}

async function isAdvisor(tx: Transaction, personId: string): Promise<boolean> {
  const found = await tx.sql(
    `SELECT 1 FROM membership m JOIN person p ON p.id = m.person_id
     WHERE m.territory_id = $1 AND m.person_id = $2 AND m.role = 'advisor' AND p.disabled_at IS NULL`, [tx.context.territoryId, personId]);
  return found.length > 0;
}

/** @throws Problem 422 when the person is no advisor of this territory (or is disabled) */
export async function checkReferent(tx: Transaction, personId: string | null): Promise<void> {
  if (personId === null || await isAdvisor(tx, personId)) return;
  refuseErrors([{ field: 'referentId', code: 'not-an-advisor', found: personId, expected: 'the id of an advisor of this territory' }]);
}

/** Who follows a new company when nobody was named: the advisor who records it, else nobody yet. */
export async function defaultReferent(tx: Transaction): Promise<string | null> {
  const { personId } = tx.context;
  return personId !== null && await isAdvisor(tx, personId) ? personId : null;
}

/** @throws Problem 409 when another company or site of the territory has this natural key */
export async function checkRefFree(tx: Transaction, table: 'company' | 'site', ref: string, field: string, ownId: string | null): Promise<void> {
  const [taken] = await tx.sql<{ id: string }>(`SELECT id FROM ${table} WHERE territory_id = $1 AND ref = $2 AND id IS DISTINCT FROM $3`, [tx.context.territoryId, ref, ownId]);
  if (!taken) return;
  throw new Problem(409, `${table}-exists`, `A ${table} with this key is already recorded: ${taken.id}.`, [
    { field, code: 'in-use', found: ref, expected: `a key that no ${table} of the territory has` },
  ]);
}

export interface CompanySheet {
  company: Company;
  referent: { id: string; name: string } | null;
  sites: Site[];
  contacts: ContactPerson[];
  agreements: ConfidentialityAgreement[];
  /** One of the agreements is valid today. */
  agreementValid: boolean;
}

/** A company with everything that hangs on it but its flows. @throws Problem 404 */
export async function companySheet(tx: Transaction, companyId: string): Promise<CompanySheet> {
  const { territoryId } = tx.context;
  const company = await tx.entities.findOneBy(Company, { id: companyId, territoryId });
  if (!company) throw notFound('company');
  const where = { territoryId, companyId };
  const sites = await tx.entities.find(Site, { where, order: { ref: 'ASC' } });
  const contacts = await tx.entities.find(ContactPerson, { where, order: { name: 'ASC', ref: 'ASC' } });
  const agreements = await tx.entities.find(ConfidentialityAgreement, { where, order: { signedOn: 'DESC' } });
  const today = await territoryDay(tx);
  const [referent = null] = company.referentId === null ? [] : await tx.sql<{ id: string; name: string }>('SELECT id, name FROM person WHERE id = $1', [company.referentId]);
  const agreementValid = agreements.some(({ signedOn, validUntil }) => signedOn <= today && (validUntil === null || validUntil >= today));
  return { company, referent, sites, contacts, agreements, agreementValid };
}

/** A site of this territory. @throws Problem 404 */
export async function readSite(tx: Transaction, siteId: string): Promise<Site> {
  const site = await tx.entities.findOneBy(Site, { id: siteId, territoryId: tx.context.territoryId });
  if (!site) throw notFound('site');
  return site;
}

export interface CompanySearch {
  /** Part of a name, beginning of a commune's name, or the first digits (3 at least) of a SIREN or SIRET. */
  text?: string;
  communeCode?: string;
  /** Companies of this référent only. */
  referentId?: string;
  after?: string;
  /** 1 to 200. */
  limit: number;
}

export interface CompanyRow {
  id: string;
  name: string;
  siren: string | null;
  naf: string | null;
  referentId: string | null;
  referentName: string | null;
  siteCount: number;
  communes: string[];
}

/** SQL for a column in lower case without accents, as `foldAccents` does it: no extension needed, and no index used, at a few thousand rows a territory. */
export function folded(column: string): string {
  const letters = `replace(translate(lower(${column}), 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ’', 'aaaaaaceeeeiiiinooooouuuuyy'''), 'œ', 'oe')`;
  // Letters beyond ASCII take more bytes than one: without any there is nothing to translate.
  return `CASE WHEN octet_length(${column}) = length(${column}) THEN lower(${column}) ELSE ${letters} END`;
}

/** Companies of this territory by name, merged ones left out. A text that matches nothing gives no rows, never those of another territory. */
export async function searchCompanies(tx: Transaction, search: CompanySearch): Promise<Page<CompanyRow>> {
  const parameters: unknown[] = [tx.context.territoryId];
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions: string[] = [];
  const text = foldAccents(search.text ?? '').replace(/[\s\0]+/gu, ' ').trim();
  const digits = text.replaceAll(/[\s.-]/g, '');
  const siteOfCompany = 'SELECT 1 FROM site s WHERE s.territory_id = $1 AND s.company_id = c.id';
  if (/^[0-9]{3,14}$/.test(digits)) {
    const start = parameter(`${digits}%`);
    conditions.push(`(c.siren LIKE ${start} OR EXISTS (${siteOfCompany} AND s.siret LIKE ${start}))`);
  } else if (text !== '') {
    const pattern = text.replaceAll(/[\\%_]/g, '\\$&');
    const [inside, start] = [parameter(`%${pattern}%`), parameter(`${pattern}%`)];
    conditions.push(`(c.key LIKE ${inside} OR c.id IN (
      SELECT s.company_id FROM site s WHERE s.territory_id = $1 AND (${folded('s.commune')} LIKE ${start} OR ${folded('s.name')} LIKE ${inside})))`);
  }
  if (search.communeCode !== undefined) conditions.push(`EXISTS (${siteOfCompany} AND s.commune_code = ${parameter(search.communeCode)})`);
  const followed = search.referentId === undefined ? '' : `AND referent_id = ${parameter(search.referentId)}`;
  const cursor = readCursor(search.after);
  if (cursor) conditions.push(`(c.key, c.id) > (${parameter(cursor.key)}, ${parameter(cursor.id)}::uuid)`);
  // Materialised: the key is dear to make (a microsecond a letter), so it is made once a company.
  const rows = await tx.sql<CompanyRow & { key: string }>(
    `WITH c AS MATERIALIZED (
       SELECT id, name, siren, naf, referent_id AS "referentId", ${folded('name')} COLLATE "C" AS key FROM company WHERE territory_id = $1 AND merged_into_id IS NULL ${followed})
     SELECT found.*, p.name AS "referentName", coalesce(place.count, 0)::integer AS "siteCount", coalesce(place.communes, '{}') AS communes
     FROM (SELECT * FROM c ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''} ORDER BY c.key, c.id LIMIT ${parameter(search.limit + 1)}) found
     LEFT JOIN person p ON p.id = found."referentId"
     LEFT JOIN LATERAL (SELECT count(*) AS count, array_agg(DISTINCT s.commune) FILTER (WHERE s.commune IS NOT NULL) AS communes
                        FROM site s WHERE s.territory_id = $1 AND s.company_id = found.id) place ON true
     ORDER BY found.key, found.id`, parameters);
  const page = pageOf(rows, search.limit, ({ key, id }) => ({ key, id }));
  return { next: page.next, rows: page.rows.map(({ key: _key, ...row }) => row) };
}

/** The contact person, its row locked. @throws Problem 404 */
export async function contactToChange(tx: Transaction, contactId: string): Promise<ContactPerson> {
  const contact = await tx.entities.findOne(ContactPerson, { where: { id: contactId, territoryId: tx.context.territoryId }, lock: { mode: 'pessimistic_write' } });
  if (!contact) throw notFound('contact');
  return contact;
}

/** @throws Problem 409 when another contact person of the company has this mail address or name */
export async function checkContactFree(tx: Transaction, companyId: string, ref: string, ownId: string): Promise<void> {
  const taken = await tx.sql('SELECT 1 FROM contact_person WHERE territory_id = $1 AND company_id = $2 AND ref = $3 AND id <> $4', [tx.context.territoryId, companyId, ref, ownId]);
  if (taken.length > 0) throw new Problem(409, 'contact-exists', 'A contact person of this company has this mail address (or, without one, this name) already.');
}
