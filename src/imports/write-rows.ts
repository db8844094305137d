import { upsertAgreements } from '../companies/upsert-agreements.js';
import { type CompanyRow, companyRefsByName, findAdvisors, findCompanies, type KnownCompany, upsertCompanies } from '../companies/upsert-companies.js';
import { type ContactRow, upsertContacts } from '../companies/upsert-contacts.js';
import type { RowChange } from '../companies/upsert-rows.js';
import { findSites, type SiteRow, type StandingSite, upsertSites } from '../companies/upsert-sites.js';
import type { AgreementRow } from '../companies/upsert-agreements.js';
import type { FlowValues } from '../flows/flow-draft.js';
import { findFlows, upsertFlows } from '../flows/upsert-flows.js';
import { upsertSynergies } from '../flows/upsert-synergies.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Column, Kind } from './columns.js';
import type { ReadRow, RowError, RowReader } from './row-reader.js';

/** Properties that a sheet has columns for, by the thing they belong to. */
export interface GivenColumns {
  company: ReadonlySet<keyof CompanyRow>;
  site: ReadonlySet<keyof SiteRow>;
  contact: ReadonlySet<keyof ContactRow>;
  agreement: ReadonlySet<keyof AgreementRow>;
  flow: ReadonlySet<keyof FlowValues>;
}

/** What the batch of one sheet is written with. */
export interface SheetRules {
  kind: Kind;
  given: GivenColumns;
  reader: Pick<RowReader, 'errorAt' | 'has'>;
  /** Who handed the file in. */
  createdBy: string | null;
}

export type RowOutcome = { change: RowChange } | { errors: RowError[] };

/** Which properties the columns of a sheet speak of. */
export function givenColumns(columns: readonly (Column | null)[]): GivenColumns {
  const keys = new Set(columns.flatMap((column) => (column ? [column.key] : [])));
  const of = <Property>(pairs: readonly (readonly [Property, ...string[]])[]): Set<Property> =>
    new Set(pairs.filter(([, ...columnKeys]) => columnKeys.some((key) => keys.has(key))).map(([property]) => property));
  const PLACE = ['latitude', 'longitude', 'commune', 'commune_code', 'address'];
  return {
    company: of<keyof CompanyRow>([['siren', 'siren', 'siret'], ['name', 'company_name'], ['naf', 'naf'], ['groupRef', 'group_ref'], ['referentId', 'referent']]),
    site: of<keyof SiteRow>([
      ['siret', 'siret'], ['name', 'site_name'], ['naf', 'naf'], ['address', 'address'], ['postcode', 'postcode'], ['communeCode', 'commune', 'commune_code'],
      ['commune', 'commune', 'commune_code'], ['latitude', ...PLACE], ['longitude', ...PLACE], ['placeOrigin', ...PLACE], ['permitRegime', 'permit_regime'],
      ['permitHeadings', 'permit_headings'], ['hazardousPermitted', 'hazardous_permitted'],
    ]),
    contact: of<keyof ContactRow>([
      ['name', 'contact_name'], ['position', 'contact_position'], ['email', 'contact_email'], ['phone', 'contact_phone'], ['language', 'contact_language'],
      ['opposedToMail', 'opposed_to_mail'],
    ]),
    agreement: of<keyof AgreementRow>([['scope', 'agreement_scope'], ['validUntil', 'agreement_valid_until']]),
    flow: of<keyof FlowValues>([
      ['direction', 'direction'], ['category', 'category', 'description'], ['categoryOrigin', 'category', 'description'], ['description', 'description'],
      ['quantity', 'quantity'], ['quantityEntered', 'quantity'], ['provenance', 'provenance'], ['minimumLot', 'minimum_lot'], ['months', 'months'],
      ['hazardous', 'hazardous', 'waste_code'], ['wasteCode', 'waste_code'], ['wasteCodeOrigin', 'waste_code'], ['wasteCodeConfidence', 'waste_code'],
      ['wish', 'wish'], ['withheld', 'withheld'], ['reach', 'reach'], ['sourcing', 'sourcing'], ['presentOutlet', 'present_outlet'],
      ['presentCost', 'present_cost'], ['contractEndsOn', 'contract_ends_on'], ['confirmedOn', 'confirmed_on'],
    ]),
  };
}

/** What the database knows of everything that the rows name. */
interface Known {
  advisors: Map<string, string>;
  companies: Map<string, KnownCompany>;
  byName: Map<string, string[]>;
  sites: Map<string, StandingSite>;
  flows: Map<string, { id: string; direction: 'output' | 'input' }>;
}

async function lookUp(tx: Transaction, rows: readonly ReadRow[]): Promise<Known> {
  const companies = await findCompanies(tx, rows.flatMap(({ company }) => (company ? [company.ref] : [])));
  const names = rows.flatMap(({ company }) => (company?.byName && company.name !== null && !companies.has(company.ref) ? [company.name] : []));
  const byName = await companyRefsByName(tx, names);
  for (const [ref, company] of await findCompanies(tx, [...byName.values()].flat())) companies.set(ref, company);
  return {
    companies, byName,
    advisors: await findAdvisors(tx, rows.flatMap(({ company, referentEmail }) => [referentEmail, company?.referentEmail ?? null].filter((email) => email !== null))),
    sites: await findSites(tx, rows.flatMap(({ site }) => (site ? [site.ref] : []))),
    flows: await findFlows(tx, rows.flatMap(({ flow, synergy }) => [...(flow ? [flow.values.ref] : []), ...(synergy ? [synergy.output, synergy.input] : [])])),
  };
}

/** The reference by which the database knows the row's company, or would. */
function refOf(row: ReadRow, known: Known): string | null {
  const { company } = row;
  if (!company) return null;
  const named = company.byName && company.name !== null && !known.companies.has(company.ref) ? known.byName.get(company.name.toLowerCase()) : undefined;
  return named?.length === 1 ? named[0] : company.ref;
}

/** What is wrong with a row in view of what is known; rows of one batch may rest on one another only by way of what they all name. */
function check(row: ReadRow, known: Known, { kind, reader }: SheetRules): RowError[] {
  const errors: RowError[] = [];
  const { company, site, flow, synergy, referentEmail, placeError } = row;
  if (referentEmail && !known.advisors.has(referentEmail)) {
    errors.push(reader.errorAt('referent', 'unknown-advisor', referentEmail, 'the mail address of an advisor of this territory'));
  }
  if (company?.byName && !known.companies.has(company.ref) && (known.byName.get((company.name ?? '').toLowerCase())?.length ?? 0) > 1) {
    errors.push(reader.errorAt('company_name', 'ambiguous-company', company.name, 'a SIREN or reference as well: several companies have this name'));
  }
  const standing = site ? known.sites.get(site.ref) : undefined;
  const companyKnown = company !== null && (known.companies.has(refOf(row, known) ?? '') || company.name !== null);
  if (company !== null && !companyKnown && !(standing && kind !== 'companies')) {
    const said = company.siren === null ? 'company_ref' : reader.has('siren') ? 'siren' : 'siret';
    errors.push(reader.errorAt(reader.has(said) ? said : 'company_name', 'unknown-company', company.ref, 'a company that is known, or its name beside its reference'));
  }
  if (site && !standing && company === null) errors.push(reader.errorAt('site_ref', 'unknown-site', site.ref, 'a site that is known, or its company beside it'));
  if (placeError && site?.latitude === null && (standing?.latitude ?? null) === null) errors.push(placeError);
  if (flow) {
    const before = known.flows.get(flow.values.ref);
    if (before && before.direction !== flow.values.direction) errors.push(reader.errorAt('direction', 'other-direction', flow.values.direction, `${before.direction}, as this flow was recorded`));
    if (!before && !site) errors.push(reader.errorAt('siret', 'missing', null, 'the site of a new flow: SIRET or reference'));
  }
  if (synergy) {
    for (const [key, ref, direction] of [['output_flow', synergy.output, 'output'], ['input_flow', synergy.input, 'input']] as const) {
      const end = known.flows.get(ref);
      if (!end) errors.push(reader.errorAt(key, 'unknown-flow', ref, `the reference of a known ${direction}`));
      else if (end.direction !== direction) errors.push(reader.errorAt(key, 'wrong-side', `${ref}, an ${end.direction}`, `the reference of an ${direction}`));
    }
  }
  return errors;
}

/** Each key once, the first thing said of it. */
function once<Thing>(things: readonly (readonly [key: string, thing: Thing])[]): Map<string, Thing> {
  const result = new Map<string, Thing>();
  for (const [key, thing] of things) if (!result.has(key)) result.set(key, thing);
  return result;
}

/**
 * Writes a batch of understood rows of one sheet: companies, sites, contacts, agreements, flows, synergies, each in a few
 * statements for all rows. Rows that rest on something unknown are refused; the others are written.
 * @returns an outcome a row, in their order
 */
export async function writeRows(tx: Transaction, rows: readonly ReadRow[], rules: SheetRules): Promise<RowOutcome[]> {
  const readable = rows.filter((row) => row.errors.length === 0);
  const known = await lookUp(tx, readable);
  const refused = new Map<ReadRow, RowError[]>();
  for (const row of rows) {
    const errors = row.errors.length > 0 ? row.errors : check(row, known, rules);
    if (errors.length > 0) refused.set(row, errors);
  }
  const good = readable.filter((row) => !refused.has(row));
  const changes = await writeGood(tx, good, known, rules);
  const changeOf = new Map(good.map((row, index) => [row, changes[index]]));
  return rows.map((row) => {
    const errors = refused.get(row);
    return errors ? { errors } : { change: changeOf.get(row) ?? 'unchanged' };
  });
}

async function writeGood(tx: Transaction, rows: readonly ReadRow[], known: Known, { kind, given, createdBy }: SheetRules): Promise<RowChange[]> {
  const mode = (own: Kind): 'own' | 'mention' => (kind === own ? 'own' : 'mention');
  const refs = rows.map((row) => refOf(row, known));
  const companies = await upsertCompanies(tx, [...once(rows.flatMap(({ company }, index) => (company ? [[refs[index] ?? company.ref, company] as const] : [])))].map(([ref, company]): CompanyRow => ({
    ref, siren: company.siren, name: company.name, naf: company.naf, groupRef: company.groupRef,
    referentId: company.referentEmail === null ? null : known.advisors.get(company.referentEmail) ?? null,
  })), given.company, mode('companies'));
  const companyOf = (index: number): string | null => companies.get(refs[index] ?? '')?.id ?? null;

  const sites = await upsertSites(tx, [...once(rows.flatMap(({ site }, index) => (site ? [[site.ref, { ...site, companyId: companyOf(index) }] as const] : []))).values()], given.site, mode('sites'));
  const siteOf = (row: ReadRow): { id: string; companyId: string } | null => (row.site ? sites.get(row.site.ref) ?? null : null);
  const ownerOf = (row: ReadRow, index: number): string | null => companyOf(index) ?? siteOf(row)?.companyId ?? null;

  const contacts = once(rows.flatMap((row, index) => {
    const companyId = ownerOf(row, index);
    return row.contact && companyId ? [[`${companyId} ${row.contact.ref}`, { ...row.contact, companyId }] as const] : [];
  }));
  const contactChanges = zip(contacts, await upsertContacts(tx, [...contacts.values()], given.contact, mode('contacts')));
  const agreements = once(rows.flatMap((row, index) => {
    const companyId = ownerOf(row, index);
    return row.agreement && companyId ? [[`${companyId} ${row.agreement.signedOn}`, { ...row.agreement, companyId }] as const] : [];
  }));
  const agreementChanges = zip(agreements, await upsertAgreements(tx, [...agreements.values()], given.agreement, mode('agreements')));

  const flows = await upsertFlows(tx, rows.flatMap((row) => (row.flow ? [{ ...row.flow, siteId: siteOf(row)?.id ?? null, companyId: siteOf(row)?.companyId ?? null }] : [])), given.flow, createdBy);
  const synergies = rows.flatMap(({ synergy }) => (synergy ? [{
    outputFlowId: known.flows.get(synergy.output)?.id ?? '', inputFlowId: known.flows.get(synergy.input)?.id ?? '', startedOn: synergy.startedOn, endedOn: synergy.endedOn,
  }] : []));
  const synergyChanges = await upsertSynergies(tx, synergies);

  // What several rows name on the way counts for the first of them.
  const counted = new Set<object>();
  const first = (change: { change: RowChange } | undefined): RowChange => {
    if (!change || counted.has(change)) return 'unchanged';
    counted.add(change);
    return change.change;
  };
  return rows.map((row, index): RowChange => {
    const companyId = ownerOf(row, index);
    const parts: Record<Kind, RowChange> = {
      companies: first(companies.get(refs[index] ?? '')),
      sites: row.site ? first(sites.get(row.site.ref)) : 'unchanged',
      contacts: row.contact ? first(contactChanges.get(`${companyId} ${row.contact.ref}`)) : 'unchanged',
      agreements: row.agreement ? first(agreementChanges.get(`${companyId} ${row.agreement.signedOn}`)) : 'unchanged',
      flows: row.flow ? first(flows.get(row.flow.values.ref)) : 'unchanged',
      synergies: row.synergy ? synergyChanges[index] : 'unchanged',
    };
    if (parts[kind] === 'added') return 'added';
    return Object.values(parts).some((change) => change !== 'unchanged') ? 'changed' : 'unchanged';
  });
}

function zip(keys: ReadonlyMap<string, unknown>, changes: readonly RowChange[]): Map<string, { change: RowChange }> {
  return new Map([...keys.keys()].map((key, index) => [key, { change: changes[index] }]));
}
