import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import type { KernelInput } from '../../src/matching/kernel/kernel-input.js';
import { CODE_ORIGIN, type FlowArrays, HAZARD, NO_WASTE_CODE, PERMIT, PROVENANCE, REACH, WISH } from '../../src/matching/kernel/snapshot.js';
import type { QualityAttribute } from '../../src/resources/resource-catalogue.js';
import { fillBare } from '../product-database.js';

/** Who reads the lists: ten leads a week each. */
const ADVISORS = 500;
const NOW = new Date('2026-11-23T05:00:00Z');
export const WEEK = '2026-W48';

type Cell = string | number | boolean | null;

/** The world as rows of the product's own tables: one territory, its companies, sites, agreements and flows, and a run that waits. */
export async function fillTerritory(admin: pg.Client, { snapshot, catalogue, seed }: KernelInput): Promise<{ territoryId: string; runId: string; now: Date }> {
  const { rows: [{ id: territoryId }] } = await admin.query<{ id: string }>("INSERT INTO territory (slug, name, created_at) VALUES ('france', 'France', $1) RETURNING id", [NOW]);
  await prepareTerritory(admin, territoryId, NOW);
  await admin.query("INSERT INTO person (email, name, created_at) SELECT 'p' || p || '@france.example', 'Personne ' || p, $1 FROM generate_series(1, $2::int) p", [NOW, ADVISORS]);
  await admin.query("INSERT INTO membership (territory_id, person_id, role) SELECT $1, id, 'advisor' FROM person", [territoryId]);
  const { rows: people } = await admin.query<{ id: string }>('SELECT id FROM person');
  const now = NOW.toISOString();
  const attributes = new Map(catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  const sides = [['output', snapshot.outputs, snapshot.outputKeys], ['input', snapshot.inputs, snapshot.inputKeys]] as const;
  const sites = new Map<number, { flows: FlowArrays; at: number; permit: number }>();
  const companies = new Map<number, { group: number; agreement: number }>();
  for (const [which, flows] of sides) {
    for (let at = 0; at < flows.count; at += 1) {
      const known = sites.get(flows.site[at]);
      if (known === undefined) sites.set(flows.site[at], { flows, at, permit: flows.permit[at] });
      else if (which === 'input') known.permit = flows.permit[at];
      companies.set(flows.company[at], { group: flows.group[at], agreement: flows.agreement[at] });
    }
  }
  await fillBare(admin, ['company', 'site', 'confidentiality_agreement', 'flow'], async () => {
    await copy(admin, 'company (id, territory_id, ref, name, group_ref, referent_id, created_at, updated_at)', companies, ([company, { group }]) =>
      [uuid(1, company), territoryId, `C${company}`, `Entreprise ${company}`, group < 0 ? null : `G${group}`, people[company % people.length].id, now, now]);
    await copy(admin, 'confidentiality_agreement (territory_id, company_id, scope, signed_on, updated_at)', [...companies].filter(([, { agreement }]) => agreement === 1), ([company]) =>
      [territoryId, uuid(1, company), 'tous flux', '2026-01-05', now]);
    await copy(admin, 'site (id, territory_id, company_id, ref, latitude, longitude, hazardous_permitted, created_at, updated_at)', sites, ([site, { flows, at, permit }]) => {
      const [x, y, z] = flows.place.subarray(3 * at, 3 * at + 3);
      return [uuid(2, site), territoryId, uuid(1, flows.company[at]), `S${site}`, (Math.asin(z) * 180) / Math.PI, (Math.atan2(y, x) * 180) / Math.PI, permit === PERMIT.unknown ? null : permit === PERMIT.permitted, now, now];
    });
    for (const [direction, flows, keys] of sides) {
      await copy(admin, `flow (id, territory_id, site_id, ref, version, direction, category, description, quantity, minimum_lot, months, quality, hazardous, waste_code, waste_code_origin,
          wish, withheld, reach, sourcing, provenance, confirmed_on, updated_at)`, keys.entries(), ([at, key]) => [
        uuid(direction === 'output' ? 3 : 4, at), territoryId, uuid(2, flows.site[at]), key.slice('france/'.length), 1, direction, snapshot.categories[flows.category[at]], 'flux', known(flows.quantity[at]), known(flows.minimumLot[at]),
        flows.months[at] || null, JSON.stringify(qualityOf(flows, at, snapshot.attributes, attributes)), flows.hazard[at] === HAZARD.unknown ? null : flows.hazard[at] === HAZARD.yes,
        flows.wasteCode[at] === NO_WASTE_CODE ? null : snapshot.wasteCodes[flows.wasteCode[at]], wordOf(CODE_ORIGIN, flows.codeOrigin[at]), wordOf(WISH, flows.wish[at]), flows.withheld[at] === 1,
        wordOf(REACH, flows.reach[at]), flows.sourcing[at] === 1, wordOf(PROVENANCE, flows.provenance[at]), new Date(flows.confirmedDay[at] * 86_400_000).toISOString().slice(0, 10), now,
      ]);
    }
  });
  const { rows: [{ id: runId }] } = await admin.query<{ id: string }>(
    "INSERT INTO run (territory_id, week, attempt, state, cause, created_at, as_of, seed, code_version) VALUES ($1, $2, 1, 'waiting', 'schedule', $3, $3, $4, 'bench') RETURNING id", [territoryId, WEEK, NOW, seed]);
  await admin.query('VACUUM ANALYZE');
  return { territoryId, runId, now: NOW };
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
const uuid = (kind: number, at: number): string => `${String(kind).padStart(8, '0')}-0000-0000-0000-${at.toString(16).padStart(12, '0')}`;

/** `notAsked` → `not-asked`; null for unknown and none. */
function wordOf(codes: Record<string, number>, code: number): string | null {
  const word = Object.entries(codes).find(([, value]) => value === code)?.[0];
  return word === undefined || word === 'unknown' || word === 'none' ? null : word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function qualityOf(flows: FlowArrays, flow: number, slugs: readonly string[], attributes: ReadonlyMap<string, QualityAttribute>): Record<string, Cell> {
  const quality: Record<string, Cell> = {};
  for (let at = flows.attributeStart[flow]; at < flows.attributeStart[flow + 1]; at += 1) {
    const slug = slugs[flows.attributeKey[at]];
    const attribute = attributes.get(slug);
    const value = flows.attributeValue[at];
    quality[slug] = attribute?.type === 'boolean' ? value === 1 : attribute?.type === 'choice' ? (attribute.values?.[value] ?? null) : value;
  }
  return quality;
}

async function copy<Value>(admin: pg.Client, into: string, values: Iterable<Value>, row: (value: Value) => Cell[]): Promise<void> {
  const stream = admin.query(copyFrom(`COPY ${into} FROM STDIN`));
  const finished = once(stream, 'finish');
  let text = '';
  for (const value of values) {
    text += `${row(value).map((cell) => (cell === null ? '\\N' : String(cell))).join('\t')}\n`;
    if (text.length > 1 << 20) {
      if (!stream.write(text)) await once(stream, 'drain');
      text = '';
    }
  }
  stream.end(text);
  await finished;
}
