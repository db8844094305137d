import { distanceKm, unitVector } from '../matching/kernel/geodesy.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { SideRow } from '../review/candidate-rows.queries.js';
import type { KnownSite } from './description.js';
import type { Identity } from './identifiers.js';
import type { Side } from './introductions.entities.js';

export interface ContactRow {
  id: string;
  name: string;
  position: string | null;
  email: string | null;
  phone: string | null;
  language: 'fr' | 'en';
  opposedToMail: boolean;
}

/** Contact people of a company of this territory, by name. */
export async function contactsOfCompany(tx: Transaction, companyId: string): Promise<ContactRow[]> {
  return tx.sql<ContactRow>(
    `SELECT id, name, position, email, phone, language, opposed_to_mail AS "opposedToMail" FROM contact_person
     WHERE territory_id = $1 AND company_id = $2 ORDER BY name, id`, [tx.context.territoryId, companyId]);
}

/** Everything by which a company of this territory could be told. */
export async function identityOf(tx: Transaction, companyId: string): Promise<Identity> {
  const parameters = [tx.context.territoryId, companyId];
  const companies = await tx.sql<{ name: string; siren: string | null }>('SELECT name, siren FROM company WHERE territory_id = $1 AND (id = $2 OR merged_into_id = $2)', parameters);
  const sites = await tx.sql<{ name: string | null; siret: string | null; address: string | null; postcode: string | null; commune: string | null }>(
    `SELECT s.name, s.siret, s.address, s.postcode, s.commune FROM site s JOIN company k ON k.territory_id = s.territory_id AND k.id = s.company_id
     WHERE s.territory_id = $1 AND (k.id = $2 OR k.merged_into_id = $2)`, parameters);
  const contacts = await contactsOfCompany(tx, companyId);
  const told = (values: (string | null)[]): string[] => [...new Set(values.filter((value): value is string => value !== null && value.trim() !== ''))];
  return {
    names: told(companies.map(({ name }) => name)), tradeNames: told(sites.map(({ name }) => name)), siren: told(companies.map(({ siren }) => siren))[0] ?? null,
    sirets: told(sites.map(({ siret }) => siret)), addresses: told(sites.map(({ address }) => address)), postcodes: told(sites.map(({ postcode }) => postcode)),
    communes: told(sites.map(({ commune }) => commune)), people: told(contacts.map(({ name }) => name)), emails: told(contacts.map(({ email }) => email)), phones: told(contacts.map(({ phone }) => phone)),
  };
}

/**
 * Sites that the territory knows (and, for a lead across a border, the neighbour's), as somebody at the reader's site could
 * tell them apart; those of the reader's own company left out.
 * @param asked whose distance is meant, and which flow's quantity
 */
export async function knownSites(tx: Transaction, asked: { reader: SideRow; category: string; direction: Side; across: boolean }): Promise<(KnownSite & { siteId: string })[]> {
  const { reader, category, direction, across } = asked;
  const rows = await tx.sql<{ siteId: string; companyId: string; naf: string | null; latitude: number | null; longitude: number | null; quantity: number | null }>(
    `SELECT s.id AS "siteId", coalesce(k.merged_into_id, k.id) AS "companyId", coalesce(k.naf, s.naf) AS naf, s.latitude, s.longitude, f.quantity
     FROM site s JOIN company k ON k.territory_id = s.territory_id AND k.id = s.company_id
     LEFT JOIN LATERAL (SELECT quantity FROM flow f WHERE f.territory_id = s.territory_id AND f.site_id = s.id AND f.category = $2 AND f.direction = $3 AND f.withdrawn_at IS NULL ORDER BY f.ref LIMIT 1) f ON true
     WHERE (s.territory_id = $1 ${across ? 'OR s.territory_id IN (SELECT agreed_territories())' : ''}) AND coalesce(k.merged_into_id, k.id) <> $4`,
    [tx.context.territoryId, category, direction, reader.companyId]);
  const place = (latitude: number | null, longitude: number | null): Float64Array | null => (latitude === null || longitude === null ? null : Float64Array.from(unitVector(latitude, longitude)));
  const here = place(reader.latitude, reader.longitude);
  return rows.map(({ latitude, longitude, ...site }) => {
    const there = place(latitude, longitude);
    return { ...site, distanceKm: here === null || there === null ? null : distanceKm(here, 0, there, 0) };
  });
}
