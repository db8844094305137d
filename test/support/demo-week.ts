import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import { createTerritory, createUser } from '../../src/access/create-user.js';
import type { Role } from '../../src/access/access.entities.js';
import type { TestDatabase } from './database.js';
import { until, type Visitor } from './processes.js';

const FILES = ['sites', 'agreements', 'contacts', 'flows', 'synergies'] as const;
export const DEMO_PASSWORD = 'quatre chevaux verts';

/** What the label says of each pair of the demo, by `output input` references. */
export function demoLabels(): Map<string, 'good' | 'bad'> {
  const rows = readCsv('test/fixtures/demo-pairs.csv', ',') as { output: string; input: string; label: 'good' | 'bad' }[];
  return new Map(rows.map(({ output, input, label }) => [`${output} ${input}`, label]));
}

/** Rows of a demo file by its French headers. */
export function demoRows(file: (typeof FILES)[number]): Record<string, string>[] {
  return readCsv(`demo/${file}.csv`, ';');
}

function readCsv(path: string, delimiter: string): Record<string, string>[] {
  return parse(readFileSync(new URL(`../../${path}`, import.meta.url)), { columns: true, delimiter, bom: true }) as Record<string, string>[];
}

export interface DemoPerson {
  personId: string;
  email: string;
}

/** A territory and its people as an administrator of the installation makes them; it has no policy yet, and so no runs. */
export async function makeTerritoryWithPeople<Key extends string>(
  database: Pick<TestDatabase, 'admin'>, name: string, people: Record<Key, { email: string; roles: Role[]; weeklyMinutes?: number }>,
): Promise<{ territoryId: string; people: Record<Key, DemoPerson> }> {
  const client = await database.admin.connect();
  try {
    const now = new Date();
    const { territoryId } = await createTerritory(client, { name, now });
    const made = {} as Record<Key, DemoPerson>;
    for (const [key, { email, roles, weeklyMinutes }] of Object.entries(people) as [Key, { email: string; roles: Role[]; weeklyMinutes?: number }][]) {
      const { personId } = await createUser(client, { email, name: `Personne ${key}`, roles, territoryId, weeklyMinutes: weeklyMinutes ?? null, password: DEMO_PASSWORD, now });
      made[key] = { personId, email };
    }
    return { territoryId, people: made };
  } finally {
    client.release();
  }
}

/** Hands in the demo's files, one after the other as their rows name each other, and waits until each is read. */
export async function importDemo(visitor: Visitor): Promise<void> {
  for (const kind of FILES) {
    const form = new FormData();
    form.append('kind', kind);
    form.append('file', new Blob([readFileSync(new URL(`../../demo/${kind}.csv`, import.meta.url))], { type: 'text/csv' }), `${kind}.csv`);
    const asked = await visitor.post<{ importId: string }>('/api/imports', form);
    if (asked.status !== 202) throw new Error(`demo/${kind}.csv was answered ${asked.status}: ${asked.text}`);
    const report = await importEnded(visitor, asked.body.importId);
    if (report.state !== 'done' || report.rowsRefused > 0) throw new Error(`demo/${kind}.csv: ${JSON.stringify(report)}`);
  }
}

interface ImportReport {
  state: string;
  rowsRefused: number;
}

function importEnded(visitor: Visitor, importId: string): Promise<ImportReport> {
  return until(`import ${importId} to be read`, async () => {
    const { body } = await visitor.get<ImportReport>(`/api/imports/${importId}`);
    return body.state === 'done' || body.state === 'failed' ? body : undefined;
  });
}
