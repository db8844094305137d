import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows of these belong to a territory and are seen in it alone. */
const TERRITORY_TABLES = [
  'company', 'site', 'contact_person', 'confidentiality_agreement', 'flow', 'flow_version', 'running_synergy',
  'import_job', 'import_file_part', 'import_error', 'import_mapping',
  'policy_version', 'model_version', 'pair', 'pair_block', 'run', 'run_input', 'run_step', 'candidate', 'candidate_state', 'advisor_pace',
  'decision', 'standing_decision', 'absence',
];

/** Of these, rows of a territory with an agreement are readable too, in transactions that ask for it. */
const SHARED_BY_AGREEMENT = ['company', 'site', 'confidentiality_agreement', 'flow', 'flow_version'];

/** Never changed once written: by trigger, and no role but the owner has the right either. */
const APPEND_ONLY = ['audit_event', 'decision', 'candidate', 'flow_version', 'run_input', 'knowledge_version'];

const API_GRANTS: Record<string, string> = {
  territory: 'SELECT',
  'person (id, email, name, language, created_at, disabled_at)': 'SELECT',
  'person (name, language)': 'UPDATE',
  membership: 'SELECT, INSERT, UPDATE, DELETE',
  absence: 'SELECT, INSERT, UPDATE, DELETE',
  territory_agreement: 'SELECT',
  session: 'SELECT, INSERT, UPDATE, DELETE',
  company: 'SELECT, INSERT, UPDATE',
  site: 'SELECT, INSERT, UPDATE',
  contact_person: 'SELECT, INSERT, UPDATE, DELETE',
  confidentiality_agreement: 'SELECT, INSERT, UPDATE',
  flow: 'SELECT, INSERT, UPDATE',
  flow_version: 'SELECT, INSERT',
  running_synergy: 'SELECT, INSERT, UPDATE',
  import_job: 'SELECT, INSERT, UPDATE',
  import_file_part: 'SELECT, INSERT, DELETE',
  import_error: 'SELECT, INSERT, DELETE',
  import_mapping: 'SELECT, INSERT, UPDATE, DELETE',
  policy_version: 'SELECT, INSERT, UPDATE',
  model_version: 'SELECT',
  knowledge_version: 'SELECT',
  pair: 'SELECT, INSERT',
  pair_block: 'SELECT, INSERT, UPDATE',
  run: 'SELECT, INSERT',
  run_input: 'SELECT',
  candidate: 'SELECT, INSERT',
  candidate_state: 'SELECT, INSERT, UPDATE',
  advisor_pace: 'SELECT, INSERT, UPDATE',
  decision: 'SELECT, INSERT',
  standing_decision: 'SELECT, INSERT, UPDATE, DELETE',
  outbox_entry: 'INSERT',
  audit_event: 'SELECT, INSERT',
  staff_mail: 'SELECT, INSERT',
};

/** The worker scores and imports. It has no right on decisions, nor on anything that is sent to a company (promise P1). */
const WORKER_GRANTS: Record<string, string> = {
  territory: 'SELECT',
  'person (id, name, language, disabled_at)': 'SELECT',
  membership: 'SELECT',
  absence: 'SELECT',
  territory_agreement: 'SELECT',
  company: 'SELECT, INSERT, UPDATE',
  site: 'SELECT, INSERT, UPDATE',
  contact_person: 'SELECT, INSERT, UPDATE',
  confidentiality_agreement: 'SELECT, INSERT, UPDATE',
  flow: 'SELECT, INSERT, UPDATE',
  flow_version: 'SELECT, INSERT',
  running_synergy: 'SELECT, INSERT, UPDATE',
  import_job: 'SELECT, UPDATE',
  import_file_part: 'SELECT, DELETE',
  import_error: 'SELECT, INSERT, DELETE',
  import_mapping: 'SELECT',
  policy_version: 'SELECT',
  model_version: 'SELECT',
  knowledge_version: 'SELECT, INSERT',
  pair: 'SELECT, INSERT',
  pair_block: 'SELECT',
  'pair_block (lifted_at, lifted_because)': 'UPDATE',
  run: 'SELECT, INSERT, UPDATE',
  run_input: 'SELECT, INSERT',
  run_step: 'SELECT, INSERT, DELETE',
  candidate: 'SELECT, INSERT',
  candidate_state: 'SELECT, INSERT',
  'candidate_state (status, closed_at, version)': 'UPDATE',
  advisor_pace: 'SELECT',
  outbox_entry: 'SELECT, INSERT, UPDATE, DELETE',
  audit_event: 'SELECT, INSERT',
  staff_mail: 'INSERT',
};

const MAILER_GRANTS: Record<string, string> = {
  'person (id, email, name, language, disabled_at)': 'SELECT',
  'territory (id, name)': 'SELECT',
  staff_mail: 'SELECT',
  'staff_mail (state, attempts, last_error, sent_at)': 'UPDATE',
  audit_event: 'INSERT',
};

function grants(role: string, rights: Record<string, string>): string[] {
  return Object.entries(rights).map(([target, verbs]) => {
    const [table, columns] = target.split(' (');
    const on = columns ? `${verbs} (${columns}` : verbs;
    return `GRANT ${on} ON maillon.${table} TO ${role}`;
  });
}

/**
 * Row-level security, grants, append-only triggers and the few SECURITY DEFINER functions (promises P1, P2, P3).
 * A test compares all of it with a snapshot: a change here is a change of that file.
 */
export class Rights1790000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const run = async (sql: string): Promise<void> => void (await runner.query(sql));
    await run('GRANT USAGE ON SCHEMA maillon TO maillon_api, maillon_worker, maillon_mailer');

    await run(`CREATE FUNCTION maillon.current_territory() RETURNS uuid LANGUAGE sql STABLE AS
      $$ SELECT nullif(current_setting('maillon.territory', true), '')::uuid $$`);
    await run(`CREATE FUNCTION maillon.current_person() RETURNS uuid LANGUAGE sql STABLE AS
      $$ SELECT nullif(current_setting('maillon.person', true), '')::uuid $$`);
    // Only in transactions that asked to look across the border, so that a forgotten condition shows nothing more.
    await run(`CREATE FUNCTION maillon.agreed_territories() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      SELECT CASE WHEN territory_a_id = maillon.current_territory() THEN territory_b_id ELSE territory_a_id END
      FROM maillon.territory_agreement
      WHERE current_setting('maillon.across', true) = 'on' AND maillon.current_territory() IN (territory_a_id, territory_b_id)
        AND signed_by_a_at IS NOT NULL AND signed_by_b_at IS NOT NULL AND ended_at IS NULL $$`);

    for (const table of TERRITORY_TABLES) {
      await run(`ALTER TABLE maillon.${table} ENABLE ROW LEVEL SECURITY`);
      await run(`CREATE POLICY own_territory ON maillon.${table} USING (territory_id = maillon.current_territory()) WITH CHECK (territory_id = maillon.current_territory())`);
    }
    for (const table of SHARED_BY_AGREEMENT) {
      await run(`CREATE POLICY agreed_territory ON maillon.${table} FOR SELECT TO maillon_api, maillon_worker USING (territory_id IN (SELECT maillon.agreed_territories()))`);
    }

    // Names of territories and who may see whom are no secret between people of one house; rows are still narrowed.
    await run('ALTER TABLE maillon.territory ENABLE ROW LEVEL SECURITY');
    await run('CREATE POLICY everyone_reads ON maillon.territory FOR SELECT USING (true)');
    await run('ALTER TABLE maillon.territory_agreement ENABLE ROW LEVEL SECURITY');
    await run('CREATE POLICY either_side ON maillon.territory_agreement FOR SELECT USING (maillon.current_territory() IN (territory_a_id, territory_b_id))');
    await run('ALTER TABLE maillon.membership ENABLE ROW LEVEL SECURITY');
    await run('CREATE POLICY own_territory ON maillon.membership USING (territory_id = maillon.current_territory()) WITH CHECK (territory_id = maillon.current_territory())');
    await run('CREATE POLICY own_memberships ON maillon.membership FOR SELECT USING (person_id = maillon.current_person())');
    await run('ALTER TABLE maillon.person ENABLE ROW LEVEL SECURITY');
    await run(`CREATE POLICY colleagues ON maillon.person FOR SELECT TO maillon_api, maillon_worker USING (
      id = maillon.current_person() OR EXISTS (SELECT 1 FROM maillon.membership m WHERE m.person_id = person.id AND m.territory_id = maillon.current_territory()))`);
    await run('CREATE POLICY oneself ON maillon.person FOR UPDATE TO maillon_api USING (id = maillon.current_person())');
    await run('CREATE POLICY addressees ON maillon.person FOR SELECT TO maillon_mailer USING (EXISTS (SELECT 1 FROM maillon.staff_mail s WHERE s.person_id = person.id))');

    await run('ALTER TABLE maillon.outbox_entry ENABLE ROW LEVEL SECURITY');
    await run('CREATE POLICY api_asks ON maillon.outbox_entry FOR INSERT TO maillon_api WITH CHECK (territory_id IS NOT DISTINCT FROM maillon.current_territory())');
    await run('CREATE POLICY relay ON maillon.outbox_entry TO maillon_worker USING (true) WITH CHECK (true)');
    await run('ALTER TABLE maillon.audit_event ENABLE ROW LEVEL SECURITY');
    await run('CREATE POLICY own_territory ON maillon.audit_event FOR SELECT USING (territory_id = maillon.current_territory())');
    await run('CREATE POLICY own_territory_written ON maillon.audit_event FOR INSERT WITH CHECK (territory_id IS NOT DISTINCT FROM maillon.current_territory())');
    await run('ALTER TABLE maillon.staff_mail ENABLE ROW LEVEL SECURITY');
    await run('CREATE POLICY own_territory ON maillon.staff_mail TO maillon_api, maillon_worker USING (territory_id IS NOT DISTINCT FROM maillon.current_territory()) WITH CHECK (territory_id IS NOT DISTINCT FROM maillon.current_territory())');
    await run('CREATE POLICY mailer ON maillon.staff_mail TO maillon_mailer USING (true) WITH CHECK (true)');

    await run(`CREATE FUNCTION maillon.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$`);
    for (const table of APPEND_ONLY) {
      await run(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON maillon.${table} FOR EACH ROW EXECUTE FUNCTION maillon.refuse_change()`);
      await run(`CREATE TRIGGER append_only_all BEFORE TRUNCATE ON maillon.${table} FOR EACH STATEMENT EXECUTE FUNCTION maillon.refuse_change()`);
    }
    await run(`CREATE FUNCTION maillon.keep_policy() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.state <> 'draft' AND (NEW.document IS DISTINCT FROM OLD.document OR NEW.version <> OLD.version OR NEW.territory_id <> OLD.territory_id OR NEW.state = 'draft') THEN
          RAISE EXCEPTION 'a policy version that has been active does not change' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $$`);
    await run('CREATE TRIGGER keep_policy BEFORE UPDATE ON maillon.policy_version FOR EACH ROW EXECUTE FUNCTION maillon.keep_policy()');
    // What became of a lead is said by people: the worker lists it and, while nobody has decided, ends it.
    await run(`CREATE FUNCTION maillon.keep_from_worker() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF current_user <> 'maillon_worker' THEN RETURN NEW; END IF;
        IF TG_OP = 'INSERT' AND NEW.status = 'open' THEN RETURN NEW; END IF;
        IF TG_OP = 'UPDATE' AND OLD.status = 'open' AND NEW.status IN ('expired', 'replaced') THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'the worker only opens leads, and ends open ones as expired or replaced' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await run('CREATE TRIGGER keep_from_worker BEFORE INSERT OR UPDATE ON maillon.candidate_state FOR EACH ROW EXECUTE FUNCTION maillon.keep_from_worker()');

    // Sign-in knows no territory yet, so row-level security would show nobody.
    await run(`CREATE FUNCTION maillon.sign_in_lookup(wanted text) RETURNS TABLE (id uuid, password_hash text, disabled_at timestamptz)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = maillon, pg_temp AS
      $$ SELECT p.id, p.password_hash, p.disabled_at FROM maillon.person p WHERE p.email = lower(wanted) $$`);
    // A person may belong to several territories: inviting one who exists adds nothing to them but the membership, written by the caller.
    await run(`CREATE FUNCTION maillon.person_for_invitation(wanted text, full_name text, wanted_language text, at timestamptz) RETURNS uuid
      LANGUAGE sql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      INSERT INTO maillon.person (email, name, language, created_at) VALUES (lower(wanted), full_name, wanted_language, at)
      ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id $$`);
    // For whom and for what a link is, says the mail that somebody queued, never the mailer; null: no such mail waits.
    await run(`CREATE FUNCTION maillon.issue_access_token(hash bytea, mail uuid, until timestamptz) RETURNS timestamptz
      LANGUAGE sql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      INSERT INTO maillon.access_token (token_hash, kind, person_id, expires_at)
      SELECT hash, s.template, s.person_id, least(until, s.created_at + interval '7 days') FROM maillon.staff_mail s
      WHERE s.id = mail AND s.state = 'queued' AND s.template IN ('invitation', 'password-reset')
      RETURNING expires_at $$`);
    // Uses the token and sets the password in one statement, so that a link works once; ends the person's sessions.
    await run(`CREATE FUNCTION maillon.redeem_access_token(hash bytea, new_password_hash text, at timestamptz) RETURNS uuid
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      DECLARE whom uuid;
      BEGIN
        UPDATE maillon.access_token SET used_at = at WHERE token_hash = hash AND used_at IS NULL AND expires_at > at RETURNING person_id INTO whom;
        IF whom IS NULL THEN RETURN NULL; END IF;
        UPDATE maillon.access_token SET used_at = at WHERE person_id = whom AND used_at IS NULL;
        UPDATE maillon.person SET password_hash = new_password_hash WHERE id = whom;
        DELETE FROM maillon.session WHERE sess ->> 'personId' = whom::text;
        RETURN whom;
      END $$`);
    // A reset is asked for by somebody who is not signed in: queue the mail if the address is known, and say nothing either way.
    await run(`CREATE FUNCTION maillon.ask_password_reset(wanted text, at timestamptz) RETURNS uuid
      LANGUAGE sql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      INSERT INTO maillon.staff_mail (person_id, template, created_at)
      SELECT p.id, 'password-reset', at FROM maillon.person p WHERE p.email = lower(wanted) AND p.disabled_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM maillon.staff_mail s WHERE s.person_id = p.id AND s.template = 'password-reset' AND s.created_at > at - interval '5 minutes')
      RETURNING id $$`);

    // Imports name a company's référent by mail address, which the worker may not read: this tells the advisors of the current territory only.
    await run(`CREATE FUNCTION maillon.advisors_by_email(wanted text[]) RETURNS TABLE (email text, id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      SELECT p.email, p.id FROM maillon.person p JOIN maillon.membership m ON m.person_id = p.id
      WHERE p.email = ANY (wanted) AND m.territory_id = maillon.current_territory() AND m.role = 'advisor' AND p.disabled_at IS NULL $$`);

    // Oneself only; whoever may have learnt the old password, or holds a link, is out. The caller's own session stays.
    await run(`CREATE FUNCTION maillon.set_own_password(new_password_hash text, kept_session text, at timestamptz) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      BEGIN
        UPDATE maillon.person SET password_hash = new_password_hash WHERE id = maillon.current_person();
        UPDATE maillon.access_token SET used_at = at WHERE person_id = maillon.current_person() AND used_at IS NULL;
        DELETE FROM maillon.session WHERE sess ->> 'personId' = maillon.current_person()::text AND sid <> kept_session;
      END $$`);
    // A territory signs for itself alone, by one of its administrators; signing after an end begins anew, so the other side must sign again too.
    await run(`CREATE FUNCTION maillon.acts_as_administrator() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      SELECT EXISTS (SELECT 1 FROM maillon.membership WHERE territory_id = maillon.current_territory() AND person_id = maillon.current_person() AND role = 'administrator') $$`);
    await run(`CREATE FUNCTION maillon.sign_territory_agreement(neighbour uuid, at timestamptz) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      DECLARE own uuid := maillon.current_territory();
      BEGIN
        IF NOT maillon.acts_as_administrator() THEN RAISE EXCEPTION 'only an administrator signs for a territory' USING ERRCODE = 'insufficient_privilege'; END IF;
        INSERT INTO maillon.territory_agreement AS agreement (territory_a_id, territory_b_id, signed_by_a_at, signed_by_b_at)
        VALUES (least(own, neighbour), greatest(own, neighbour), CASE WHEN own < neighbour THEN at END, CASE WHEN own > neighbour THEN at END)
        ON CONFLICT (territory_a_id, territory_b_id) DO UPDATE SET
          signed_by_a_at = CASE WHEN agreement.ended_at IS NULL THEN coalesce(agreement.signed_by_a_at, excluded.signed_by_a_at) ELSE excluded.signed_by_a_at END,
          signed_by_b_at = CASE WHEN agreement.ended_at IS NULL THEN coalesce(agreement.signed_by_b_at, excluded.signed_by_b_at) ELSE excluded.signed_by_b_at END,
          ended_at = NULL;
      END $$`);
    await run(`CREATE FUNCTION maillon.end_territory_agreement(neighbour uuid, at timestamptz) RETURNS boolean
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      BEGIN
        IF NOT maillon.acts_as_administrator() THEN RAISE EXCEPTION 'only an administrator ends an agreement' USING ERRCODE = 'insufficient_privilege'; END IF;
        UPDATE maillon.territory_agreement SET ended_at = at
        WHERE territory_a_id = least(maillon.current_territory(), neighbour) AND territory_b_id = greatest(maillon.current_territory(), neighbour) AND ended_at IS NULL;
        RETURN FOUND;
      END $$`);

    await run('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA maillon FROM PUBLIC');
    await run('GRANT EXECUTE ON FUNCTION maillon.current_territory(), maillon.current_person(), maillon.agreed_territories() TO maillon_api, maillon_worker, maillon_mailer');
    await run(`GRANT EXECUTE ON FUNCTION maillon.sign_in_lookup(text), maillon.person_for_invitation(text, text, text, timestamptz),
      maillon.redeem_access_token(bytea, text, timestamptz), maillon.ask_password_reset(text, timestamptz), maillon.set_own_password(text, text, timestamptz),
      maillon.sign_territory_agreement(uuid, timestamptz), maillon.end_territory_agreement(uuid, timestamptz) TO maillon_api`);
    await run('GRANT EXECUTE ON FUNCTION maillon.advisors_by_email(text[]) TO maillon_api, maillon_worker');
    await run('GRANT EXECUTE ON FUNCTION maillon.issue_access_token(bytea, uuid, timestamptz) TO maillon_mailer');

    for (const sql of [...grants('maillon_api', API_GRANTS), ...grants('maillon_worker', WORKER_GRANTS), ...grants('maillon_mailer', MAILER_GRANTS)]) await run(sql);
  }

  async down(): Promise<void> {
    throw new Error('The rights are not taken back: restore a backup instead.');
  }
}
