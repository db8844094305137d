import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { ALL_ENTITIES } from '../../../src/all-entities.js';
import { systemContext } from '../../../src/platform/context.js';
import { makeDataSource } from '../../../src/platform/postgres/data-source.js';
import { migrateQueueSchema } from '../../../src/platform/queue/migrate-queue-schema.js';
import { makeCandidate, makeRun } from '../../support/candidates.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { agreeTerritories, makeFlow, makePerson, makeTerritory } from '../../support/world.js';

const SNAPSHOT = new URL('../../fixtures/database-rights.txt', import.meta.url);

/** Everything that decides who may do what, as text: policies, grants, triggers, functions, roles. */
const RIGHTS = `
  SELECT line FROM (
    SELECT format('role %s login=%s superuser=%s bypassrls=%s createdb=%s createrole=%s', rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole) AS line
      FROM pg_roles WHERE rolname IN ('maillon_owner', 'maillon_api', 'maillon_worker', 'maillon_mailer')
    UNION ALL SELECT format('member %s of %s', m.member::regrole, m.roleid::regrole) FROM pg_auth_members m
      WHERE m.member::regrole::text LIKE 'maillon\\_%' AND m.member::regrole::text <> 'maillon_admin'
    UNION ALL SELECT format('table %s owner=%s rls=%s', relname, relowner::regrole, relrowsecurity) FROM pg_class WHERE relnamespace = 'maillon'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')
    UNION ALL SELECT format('policy %s.%s %s to %s using %s check %s', tablename, policyname, cmd, roles, qual, with_check) FROM pg_policies WHERE schemaname = 'maillon'
    UNION ALL SELECT format('grant %s on %s to %s', string_agg(privilege_type, ',' ORDER BY privilege_type), table_name, grantee)
      FROM information_schema.role_table_grants WHERE table_schema = 'maillon' AND grantee <> 'maillon_owner' GROUP BY table_name, grantee
    UNION ALL SELECT format('grant %s (%s) on %s to %s', privilege_type, string_agg(column_name, ',' ORDER BY column_name), g.table_name, grantee)
      FROM information_schema.role_column_grants g
      WHERE table_schema = 'maillon' AND grantee <> 'maillon_owner' AND NOT EXISTS (
        SELECT 1 FROM information_schema.role_table_grants t WHERE t.table_schema = g.table_schema AND t.table_name = g.table_name AND t.grantee = g.grantee AND t.privilege_type = g.privilege_type)
      GROUP BY privilege_type, g.table_name, grantee
    UNION ALL SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'maillon'::regnamespace AND NOT t.tgisinternal
    UNION ALL SELECT format('function %s definer=%s config=%s acl=%s %s', p.oid::regprocedure, p.prosecdef, array_to_string(p.proconfig, ';'), array_to_string(p.proacl, ' '), md5(p.prosrc))
      FROM pg_proc p WHERE p.pronamespace = 'maillon'::regnamespace
    UNION ALL SELECT format('schema %s owner=%s acl=%s', nspname, nspowner::regrole, array_to_string(nspacl, ' ')) FROM pg_namespace WHERE nspname IN ('maillon', 'bullmq')
    UNION ALL SELECT format('queue relation %s kind=%s owner=%s acl=%s', relname, relkind, relowner::regrole, array_to_string(relacl, ' ')) FROM pg_class
      WHERE relnamespace = 'bullmq'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'S')
    -- Their bodies are the library's and change with its version: who may run them, as whom and with what search path, does not.
    UNION ALL SELECT format('queue function %s owner=%s definer=%s config=%s acl=%s', p.oid::regprocedure, p.proowner::regrole, p.prosecdef, array_to_string(p.proconfig, ';'), array_to_string(p.proacl, ' '))
      FROM pg_proc p WHERE p.pronamespace = 'bullmq'::regnamespace
    UNION ALL SELECT format('queue default %s acl=%s', d.defaclobjtype, array_to_string(d.defaclacl, ' ')) FROM pg_default_acl d WHERE d.defaclnamespace = 'bullmq'::regnamespace
  ) all_rights ORDER BY line COLLATE "C"`;

describe('rights in the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
    await migrateQueueSchema(database.url('maillon_admin'));
  });
  afterAll(async () => {
    await database?.close();
  });

  it('are those of the committed snapshot, so that every change of a right is seen', async () => {
    const { rows } = await database.admin.query<{ line: string }>(RIGHTS);
    const text = rows.map((row) => `${row.line.replaceAll(/\s+/g, ' ')}\n`).join('');
    if (process.argv.includes('--updateSnapshot') || process.argv.includes('-u')) writeFileSync(SNAPSHOT, text);
    expect(text).toBe(readFileSync(SNAPSHOT, 'utf8'));
  });

  it('leave no table that holds a territory without row-level security', async () => {
    const { rows } = await database.admin.query<{ relname: string }>(`
      SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'territory_id'
      WHERE c.relnamespace = 'maillon'::regnamespace AND c.relkind = 'r' AND NOT c.relrowsecurity`);
    expect(rows).toEqual([]);
  });

  it('match the entities: the migrations leave no drift', async () => {
    const source = await makeDataSource({ url: database.url('maillon_admin'), entities: ALL_ENTITIES }).initialize();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    await source.destroy();
    expect(upQueries.map((query) => query.query)).toEqual([]);
  });

  it.each(['api', 'worker'] as const)('let the %s see its own territory only, and the other one only where both agreed and it asked', async (role) => {
    const one = await makeTerritory(database, `un-${role}`);
    const other = await makeTerritory(database, `deux-${role}`);
    const person = await makePerson(database, one, ['advisor']);
    await makeFlow(database, one, { ref: 'a', direction: 'output', category: 'x' });
    await makeFlow(database, other, { ref: 'b', direction: 'output', category: 'x' });
    const seen = (options?: { across: boolean }): Promise<string[]> => database[role].read(person, async (tx) =>
      (await tx.sql<{ ref: string }>('SELECT ref FROM flow ORDER BY ref')).map((row) => row.ref), options);

    expect(await seen()).toEqual(['a']);
    expect(await seen({ across: true })).toEqual(['a']);
    await agreeTerritories(database, one, other);
    expect(await seen()).toEqual(['a']);
    expect(await seen({ across: true })).toEqual(['a', 'b']);
    await database.admin.query('UPDATE territory_agreement SET ended_at = now() WHERE $1 IN (territory_a_id, territory_b_id)', [one]);
    expect(await seen({ across: true })).toEqual(['a']);
  });

  it('refuse to write into another territory', async () => {
    const one = await makeTerritory(database, 'trois');
    const other = await makeTerritory(database, 'quatre');
    const person = await makePerson(database, one, ['advisor']);
    await expect(database.api.write(person, (tx) => tx.sql(
      "INSERT INTO company (territory_id, ref, name, created_at, updated_at) VALUES ($1, 'x', 'X', now(), now())", [other]))).rejects.toThrow(/row-level security/);
  });

  it('show nothing at all to a connection that named no territory', async () => {
    await makeFlow(database, await makeTerritory(database, 'cinq'), { ref: 'z', direction: 'input', category: 'x' });
    expect(await database.apiSource.query('SELECT 1 FROM flow')).toEqual([]);
    expect(await database.workerSource.query('SELECT 1 FROM flow')).toEqual([]);
  });

  it.each(['decision', 'standing_decision'])('refuse the worker every access to %s', async (table) => {
    for (const sql of [`SELECT 1 FROM ${table}`, `INSERT INTO ${table} (territory_id) VALUES (uuidv7())`, `UPDATE ${table} SET verdict = 'accept'`, `DELETE FROM ${table}`]) {
      await expect(database.workerSource.query(sql)).rejects.toThrow(/permission denied/);
    }
  });

  it('keep what happened append-only for the API, and by trigger, a row at a time and all at once, even for the owner of the tables', async () => {
    const territoryId = await makeTerritory(database, 'ecrit');
    const { personId } = await makePerson(database, territoryId, ['advisor']);
    const [output, input] = [await makeFlow(database, territoryId, { ref: 'o', direction: 'output', category: 'x' }), await makeFlow(database, territoryId, { ref: 'i', direction: 'input', category: 'x' })];
    const runId = await makeRun(database, territoryId, '2026-W48');
    const candidateId = await makeCandidate(database, territoryId, { output: output.flowId, input: input.flowId }, { runId, rank: 1 });
    const { admin } = database;
    await admin.query("INSERT INTO audit_event (territory_id, at, action, subject_type, subject_id) VALUES ($1, now(), 'x', 'x', 'x')", [territoryId]);
    await admin.query("INSERT INTO decision (territory_id, candidate_id, person_id, verdict, decided_at, shown, output_version, input_version) VALUES ($1, $2, $3, 'accept', now(), '{}', 1, 1)", [territoryId, candidateId, personId]);
    await admin.query("INSERT INTO flow_version (territory_id, flow_id, version, data, change, changed_at) VALUES ($1, $2, 1, '{}', 'recorded', now())", [territoryId, output.flowId]);
    await admin.query("INSERT INTO run_input (territory_id, run_id, snapshot, settings, ids) VALUES ($1, $2, '', '{}', '')", [territoryId, runId]);
    await admin.query("INSERT INTO knowledge_version (hash, document, created_at) VALUES ('x', '{}', now())");

    const columns = { audit_event: 'action', decision: 'comment', candidate: 'week', flow_version: 'change', run_input: 'settings', knowledge_version: 'hash' };
    for (const [table, column] of Object.entries(columns)) {
      expect([table, (await admin.query(`SELECT 1 FROM ${table} LIMIT 1`)).rowCount]).toEqual([table, 1]);
      const changes = [`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`];
      for (const sql of changes) for (const source of [database.apiSource, database.workerSource]) await expect(source.query(sql)).rejects.toThrow(/permission denied/);
      for (const sql of [...changes, `TRUNCATE ${table} CASCADE`]) await expect(admin.query(sql)).rejects.toThrow(/append-only/);
    }
  });

  it('let the worker open leads, and end open ones as expired or replaced: nothing else of a lead, and of a block its end only', async () => {
    const territoryId = await makeTerritory(database, 'etats');
    const system = systemContext(territoryId);
    const [output, input] = [await makeFlow(database, territoryId, { ref: 'o', direction: 'output', category: 'x' }), await makeFlow(database, territoryId, { ref: 'i', direction: 'input', category: 'x' })];
    const id = await makeCandidate(database, territoryId, { output: output.flowId, input: input.flowId });
    const asWorker = (sql: string, parameters: unknown[] = [id]): Promise<unknown> => database.worker.write(system, (tx) => tx.sql(sql, parameters));
    const set = (status: string): Promise<unknown> => asWorker('UPDATE candidate_state SET status = $2, closed_at = now(), version = version + 1 WHERE candidate_id = $1', [id, status]);

    for (const status of ['decided', 'open']) await expect(set(status)).rejects.toThrow(/the worker only/);
    await expect(asWorker('UPDATE candidate_state SET assigned_to = NULL WHERE candidate_id = $1')).rejects.toThrow(/permission denied/);
    await expect(asWorker('UPDATE candidate_state SET territory_id = territory_id WHERE candidate_id = $1')).rejects.toThrow(/permission denied/);
    await expect(asWorker("INSERT INTO candidate_state (candidate_id, territory_id, pair_id, status) SELECT uuidv7(), territory_id, pair_id, 'decided' FROM candidate_state WHERE candidate_id = $1")).rejects.toThrow(/the worker only/);
    // What a list goes by is the candidate's, however a row is written.
    const asApi = (sql: string): Promise<unknown> => database.api.write(system, (tx) => tx.sql(sql, [id]));
    for (const column of ['week', 'rank', 'negative_points', 'probability', 'distance_km']) {
      for (const as of [asApi, asWorker]) await expect(as(`UPDATE candidate_state SET ${column} = ${column} WHERE candidate_id = $1`)).rejects.toThrow(/permission denied/);
    }
    expect((await database.admin.query('SELECT week, rank, negative_points AS sort, distance_km AS km FROM candidate_state WHERE candidate_id = $1', [id])).rows)
      .toEqual([{ week: '2026-W48', rank: 1_000_000, sort: -20, km: 12 }]);
    for (const column of ['until', 'reason', 'condition', 'kind']) await expect(asWorker(`UPDATE pair_block SET ${column} = NULL`, [])).rejects.toThrow(/permission denied/);
    await asWorker("UPDATE pair_block SET lifted_at = now(), lifted_because = 'time'", []);
    await set('expired');
    for (const status of ['open', 'decided', 'replaced']) await expect(set(status)).rejects.toThrow(/the worker only/);
    expect((await database.admin.query('SELECT status, version FROM candidate_state WHERE candidate_id = $1', [id])).rows).toEqual([{ status: 'expired', version: 2 }]);
  });

  it('let the mailer make links for mails that wait alone: for their person and kind, for seven days at most', async () => {
    const { personId } = await makePerson(database, await makeTerritory(database, 'liens'), ['advisor']);
    const mailer = await makeDataSource({ url: database.url('maillon_mailer'), entities: ALL_ENTITIES, poolSize: 1 }).initialize();
    const queue = async (template: string, state = 'queued'): Promise<string> => (await database.admin.query<{ id: string }>(
      "INSERT INTO staff_mail (person_id, template, state, created_at) VALUES ($1, $2, $3, '2026-11-01T08:00:00Z') RETURNING id", [personId, template, state])).rows[0].id;
    const issue = async (mail: string, hash: string, until: string): Promise<unknown> =>
      (await mailer.query('SELECT issue_access_token($1, $2, $3) AS until', [Buffer.from(hash), mail, until]) as { until: unknown }[])[0].until;
    try {
      const invitation = await queue('invitation');
      expect(await issue(invitation, 'one', '2026-11-02T08:00:00Z')).toEqual(new Date('2026-11-02T08:00:00Z'));
      expect(await issue(invitation, 'two', '2036-01-01T00:00:00Z')).toEqual(new Date('2026-11-08T08:00:00Z'));
      const reset = await queue('password-reset');
      expect(await issue(reset, 'three', '2026-11-01T09:00:00Z')).toEqual(new Date('2026-11-01T09:00:00Z'));
      for (const mail of [await queue('digest'), await queue('invitation', 'sent'), await queue('invitation', 'failed'), personId]) expect(await issue(mail, `none-${mail}`, '2026-11-02T08:00:00Z')).toBeNull();
      const { rows } = await database.admin.query("SELECT convert_from(token_hash, 'UTF8') AS hash, kind FROM access_token WHERE person_id = $1 ORDER BY kind, hash", [personId]);
      expect(rows).toEqual([{ hash: 'one', kind: 'invitation' }, { hash: 'two', kind: 'invitation' }, { hash: 'three', kind: 'password-reset' }]);
      await expect(mailer.query('UPDATE staff_mail SET person_id = person_id')).rejects.toThrow(/permission denied/);
      await expect(mailer.query('SELECT 1 FROM access_token')).rejects.toThrow(/permission denied/);
    } finally {
      await mailer.destroy();
    }
  });

  it('keep password hashes from every role of a process', async () => {
    for (const source of [database.apiSource, database.workerSource]) {
      await expect(source.query('SELECT password_hash FROM person')).rejects.toThrow(/permission denied/);
    }
  });
});
