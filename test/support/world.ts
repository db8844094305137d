import { randomUUID } from 'node:crypto';
import type { Role } from '../../src/access/access.entities.js';
import type { Context } from '../../src/platform/context.js';
import type { TestDatabase } from './database.js';

/** As much of a test database as arranging needs. */
export type Arranged = Pick<TestDatabase, 'admin' | 'clock'>;

/** Inserts of the administrator, to arrange a test: territories and people are made by nobody else. */
export async function makeTerritory(database: TestDatabase, slug: string): Promise<string> {
  const { rows } = await database.admin.query<{ id: string }>(
    'INSERT INTO territory (slug, name, created_at) VALUES ($1, $2, $3) RETURNING id', [slug, `Territoire ${slug}`, database.clock.now()]);
  return rows[0].id;
}

export async function makePerson(database: TestDatabase, territoryId: string, roles: Role[], email = `${randomUUID()}@example.org`): Promise<Context & { personId: string }> {
  const { rows } = await database.admin.query<{ id: string }>(
    'INSERT INTO person (email, name, created_at) VALUES ($1, $2, $3) RETURNING id', [email, `Personne ${email.slice(0, 8)}`, database.clock.now()]);
  const personId = rows[0].id;
  for (const role of roles) await database.admin.query('INSERT INTO membership (territory_id, person_id, role) VALUES ($1, $2, $3)', [territoryId, personId, role]);
  return { territoryId, personId, requestId: null };
}

export async function agreeTerritories(database: TestDatabase, one: string, other: string): Promise<void> {
  const [a, b] = [one, other].sort();
  await database.admin.query('INSERT INTO territory_agreement (territory_a_id, territory_b_id, signed_by_a_at, signed_by_b_at) VALUES ($1, $2, $3, $3)', [a, b, database.clock.now()]);
}

export interface MadeFlow {
  flowId: string;
  siteId: string;
  companyId: string;
}

/** A company with one site and one flow, by the administrator; `fields` overrides columns of the flow. */
export async function makeFlow(
  database: Arranged,
  territoryId: string,
  fields: { ref: string; direction: 'output' | 'input'; category: string; referentId?: string; latitude?: number; longitude?: number } & Record<string, unknown>,
): Promise<MadeFlow> {
  const { ref, direction, category, referentId = null, latitude = 44.0221, longitude = 1.3529, ...columns } = fields;
  const now = database.clock.now();
  const { rows: [company] } = await database.admin.query<{ id: string }>(
    'INSERT INTO company (territory_id, ref, name, referent_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id',
    [territoryId, `c-${ref}`, `Entreprise ${ref}`, referentId, now]);
  await database.admin.query(
    "INSERT INTO confidentiality_agreement (territory_id, company_id, scope, signed_on, updated_at) VALUES ($1, $2, 'tous flux', '2026-01-01', $3)",
    [territoryId, company.id, now]);
  const { rows: [site] } = await database.admin.query<{ id: string }>(
    'INSERT INTO site (territory_id, company_id, ref, latitude, longitude, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id',
    [territoryId, company.id, `s-${ref}`, latitude, longitude, now]);
  const flow: Record<string, unknown> = {
    territory_id: territoryId, site_id: site.id, ref, version: 1, direction, category, description: `flux ${ref}`, quantity: 100,
    months: 4095, wish: 'yes', provenance: 'declared', confirmed_on: '2026-11-01', updated_at: now, ...columns,
  };
  const names = Object.keys(flow);
  const { rows: [made] } = await database.admin.query<{ id: string }>(
    `INSERT INTO flow (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')}) RETURNING id`, Object.values(flow));
  return { flowId: made.id, siteId: site.id, companyId: company.id };
}
