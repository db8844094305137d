import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Never changed once written. */
const APPEND_ONLY = ['company_answer', 'introduction_approval', 'mediation_step', 'outcome'];

/** Columns of a message that its people write; what became of it is the mailer's to say. */
const WRITTEN = 'contact_id, recipient, language, subject, body, approval_id, other_yes_id, own_yes_id, released_at, released_by, settled, settled_note, replaced_by';
const TOLD_BY_MAILER = 'delivery, attempts, last_error, sending_since, sent_at';
/** What was approved; frozen with the release. */
const APPROVED = ['recipient', 'language', 'subject', 'body', 'approval_id', 'other_yes_id', 'own_yes_id', 'side', 'kind', 'introduction_id', 'territory_id'];

const row = (record: string, columns: string[]): string => `ROW(${columns.map((column) => `${record}.${column}`).join(', ')})`;

/**
 * Who may do what with introductions (promises P1, P2, P3). The worker has no right here at all; the API writes texts and
 * approvals but cannot say that something was sent; the mailer sees released messages only and writes what became of them.
 */
export class IntroductionRights1790000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const run = async (sql: string): Promise<void> => void (await runner.query(sql));

    for (const table of ['introduction_side', 'company_answer', 'introduction_message', 'introduction_approval', 'answer_link']) {
      await run(`ALTER TABLE maillon.${table} ENABLE ROW LEVEL SECURITY`);
      await run(`CREATE POLICY own_territory ON maillon.${table} TO maillon_api USING (territory_id = maillon.current_territory()) WITH CHECK (territory_id = maillon.current_territory())`);
    }
    // Across a border both territories follow the same introduction; each side's texts and answers stay with its own.
    await run('ALTER TABLE maillon.introduction ENABLE ROW LEVEL SECURITY');
    await run('CREATE POLICY either_territory ON maillon.introduction FOR SELECT TO maillon_api USING (maillon.current_territory() IN (territory_id, partner_territory_id))');
    await run('CREATE POLICY opened_at_home ON maillon.introduction FOR INSERT TO maillon_api WITH CHECK (territory_id = maillon.current_territory())');
    await run(`CREATE POLICY either_territory_moves ON maillon.introduction FOR UPDATE TO maillon_api
      USING (maillon.current_territory() IN (territory_id, partner_territory_id)) WITH CHECK (maillon.current_territory() IN (territory_id, partner_territory_id))`);
    for (const table of ['mediation_step', 'outcome']) {
      await run(`ALTER TABLE maillon.${table} ENABLE ROW LEVEL SECURITY`);
      const visible = `EXISTS (SELECT 1 FROM maillon.introduction i WHERE i.id = introduction_id)`;
      await run(`CREATE POLICY of_visible_introduction ON maillon.${table} FOR SELECT TO maillon_api USING (${visible})`);
      await run(`CREATE POLICY own_territory_written ON maillon.${table} FOR INSERT TO maillon_api WITH CHECK (territory_id = maillon.current_territory() AND ${visible})`);
    }
    await run('CREATE POLICY released ON maillon.introduction_message TO maillon_mailer USING (released_at IS NOT NULL) WITH CHECK (released_at IS NOT NULL)');
    await run(`CREATE POLICY of_released ON maillon.introduction_approval FOR SELECT TO maillon_mailer
      USING (EXISTS (SELECT 1 FROM maillon.introduction_message m WHERE m.approval_id = introduction_approval.id))`);
    // Answers go to whoever approved.
    await run(`CREATE POLICY approvers ON maillon.person FOR SELECT TO maillon_mailer USING (EXISTS (SELECT 1 FROM maillon.introduction_approval a WHERE a.approved_by = person.id))`);

    // Who may be written to at that moment: the reason why not, or null. Asked at the release and again when the message leaves.
    await run(`CREATE FUNCTION maillon.company_mail_refusal(message uuid, at timestamptz) RETURNS text
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      SELECT CASE
        WHEN i.closed_at IS NOT NULL THEN 'introduction-closed'
        WHEN c.id IS NULL THEN 'no-contact'
        WHEN coalesce(c.email, '') = '' THEN 'contact-without-address'
        WHEN lower(c.email) <> lower(m.recipient) THEN 'address-changed'
        WHEN EXISTS (SELECT 1 FROM maillon.contact_person o WHERE o.territory_id = m.territory_id AND lower(o.email) = lower(m.recipient) AND o.opposed_to_mail) THEN 'opposed-to-mail'
        WHEN NOT EXISTS (SELECT 1 FROM maillon.confidentiality_agreement g WHERE g.territory_id = m.territory_id AND g.company_id IN (s.company_id, k.merged_into_id)
          AND g.signed_on <= (at AT TIME ZONE t.time_zone)::date AND (g.valid_until IS NULL OR g.valid_until >= (at AT TIME ZONE t.time_zone)::date)) THEN 'no-agreement'
        WHEN i.partner_territory_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM maillon.territory_agreement b
          WHERE b.territory_a_id = least(i.territory_id, i.partner_territory_id) AND b.territory_b_id = greatest(i.territory_id, i.partner_territory_id)
            AND b.signed_by_a_at IS NOT NULL AND b.signed_by_b_at IS NOT NULL AND b.ended_at IS NULL) THEN 'territories-without-agreement'
        WHEN m.kind = 'proposal' AND EXISTS (SELECT 1 FROM maillon.flow f WHERE f.id IN (i.output_flow_id, i.input_flow_id)
          AND (f.withdrawn_at IS NOT NULL OR f.withheld OR coalesce(f.wish, 'no') = 'no')) THEN 'flow-not-matchable'
        WHEN m.kind = 'proposal' AND own.wish = 'not-asked' THEN 'wish-not-asked'
      END
      FROM maillon.introduction_message m
      JOIN maillon.introduction i ON i.id = m.introduction_id
      JOIN maillon.introduction_side s ON s.introduction_id = m.introduction_id AND s.side = m.side
      JOIN maillon.company k ON k.territory_id = s.territory_id AND k.id = s.company_id
      JOIN maillon.flow own ON own.id = s.flow_id
      JOIN maillon.territory t ON t.id = m.territory_id
      LEFT JOIN maillon.contact_person c ON c.id = m.contact_id AND c.territory_id = m.territory_id AND c.company_id IN (s.company_id, k.merged_into_id)
      WHERE m.id = message $$`);

    // The last word of a side that is an answer: a question changes nothing.
    await run(`CREATE FUNCTION maillon.says_yes(introduction uuid, of_side text, yes uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      SELECT yes = (SELECT a.id FROM maillon.company_answer a WHERE a.introduction_id = introduction AND a.side = of_side AND a.answer <> 'question'
        ORDER BY a.introduction_version DESC LIMIT 1) $$`);

    await run(`CREATE FUNCTION maillon.guard_company_message() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      DECLARE
        refusal text;
      BEGIN
        NEW.text_hash := sha256(convert_to(NEW.recipient || E'\\n' || NEW.subject || E'\\n' || NEW.body, 'UTF8'));
        IF TG_OP = 'INSERT' THEN
          IF NEW.approval_id IS NOT NULL OR NEW.released_at IS NOT NULL OR NEW.delivery IS NOT NULL THEN
            RAISE EXCEPTION 'a message begins as a draft' USING ERRCODE = 'insufficient_privilege';
          END IF;
          RETURN NEW;
        END IF;
        IF OLD.released_at IS NOT NULL THEN
          IF ${row('NEW', APPROVED)} IS DISTINCT FROM ${row('OLD', APPROVED)} AND NOT (NEW.released_at IS NULL) THEN
            RAISE EXCEPTION 'a released message does not change' USING ERRCODE = 'insufficient_privilege';
          END IF;
          IF NEW.released_at IS DISTINCT FROM OLD.released_at AND (NEW.released_at IS NOT NULL OR OLD.delivery IS NOT NULL) THEN
            RAISE EXCEPTION 'a message that is on its way is not called back' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'guard_company_message_on_its_way';
          END IF;
        END IF;
        IF NEW.delivery IS DISTINCT FROM OLD.delivery AND NOT (
          (OLD.delivery IS NULL AND NEW.delivery IN ('sending', 'withheld')) OR (OLD.delivery = 'sending') OR (OLD.delivery = 'in-doubt' AND NEW.delivery = 'sent')) THEN
          RAISE EXCEPTION 'what became of a message is not unsaid' USING ERRCODE = 'insufficient_privilege';
        END IF;
        -- Approved, released, or leaving: each time every yes that it rests on must still be that side's last word.
        IF NEW.approval_id IS NOT NULL AND (NEW.approval_id IS DISTINCT FROM OLD.approval_id OR NEW.released_at IS DISTINCT FROM OLD.released_at
          OR (NEW.delivery = 'sending' AND OLD.delivery IS DISTINCT FROM 'sending')) THEN
          IF (NEW.other_yes_id IS NOT NULL AND NOT maillon.says_yes(NEW.introduction_id, NEW.other_side, NEW.other_yes_id))
            OR (NEW.own_yes_id IS NOT NULL AND NOT maillon.says_yes(NEW.introduction_id, NEW.side, NEW.own_yes_id)) THEN
            RAISE EXCEPTION 'the yes that this message rests on was taken back' USING ERRCODE = 'check_violation', CONSTRAINT = 'guard_company_message_yes';
          END IF;
        END IF;
        IF NEW.released_at IS NOT NULL AND OLD.released_at IS NULL THEN
          refusal := maillon.company_mail_refusal(NEW.id, NEW.released_at);
          IF refusal IS NOT NULL THEN RAISE EXCEPTION '%', refusal USING ERRCODE = 'check_violation', CONSTRAINT = 'guard_company_message_refusal'; END IF;
        ELSIF NEW.delivery = 'sending' AND OLD.delivery IS DISTINCT FROM 'sending' THEN
          refusal := maillon.company_mail_refusal(NEW.id, NEW.sending_since);
          IF refusal IS NOT NULL THEN RAISE EXCEPTION '%', refusal USING ERRCODE = 'check_violation', CONSTRAINT = 'guard_company_message_refusal'; END IF;
        END IF;
        RETURN NEW;
      END $$`);
    await run('CREATE TRIGGER guard_company_message BEFORE INSERT OR UPDATE ON maillon.introduction_message FOR EACH ROW EXECUTE FUNCTION maillon.guard_company_message()');

    await run(`CREATE FUNCTION maillon.guard_approval() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      DECLARE
        held record;
      BEGIN
        SELECT m.text_hash, m.territory_id, coalesce(k.merged_into_id, k.id) AS company_id, t.time_zone INTO held
        FROM maillon.introduction_message m JOIN maillon.introduction_side s ON s.introduction_id = m.introduction_id AND s.side = m.side
        JOIN maillon.company k ON k.territory_id = s.territory_id AND k.id = s.company_id JOIN maillon.territory t ON t.id = m.territory_id
        WHERE m.id = NEW.message_id;
        IF held.text_hash IS DISTINCT FROM NEW.text_hash THEN
          RAISE EXCEPTION 'not the text of the message' USING ERRCODE = 'check_violation', CONSTRAINT = 'guard_approval_text';
        END IF;
        IF NEW.territory_id <> held.territory_id OR NEW.approved_by IS DISTINCT FROM maillon.current_person()
          OR NOT EXISTS (SELECT 1 FROM maillon.company k WHERE k.territory_id = held.territory_id AND k.id = held.company_id AND k.referent_id = NEW.referent_id)
          OR NOT EXISTS (SELECT 1 FROM maillon.membership a WHERE a.territory_id = held.territory_id AND a.person_id = NEW.approved_by AND a.role = 'advisor')
          OR (NEW.approved_by <> NEW.referent_id AND NOT EXISTS (SELECT 1 FROM maillon.absence b WHERE b.territory_id = held.territory_id AND b.person_id = NEW.referent_id
            AND (NEW.approved_at AT TIME ZONE held.time_zone)::date BETWEEN b.from_day AND b.to_day)) THEN
          RAISE EXCEPTION 'only the référent of that side or their delegate approves' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'guard_approval_referent';
        END IF;
        RETURN NEW;
      END $$`);
    await run('CREATE TRIGGER guard_approval BEFORE INSERT ON maillon.introduction_approval FOR EACH ROW EXECUTE FUNCTION maillon.guard_approval()');

    for (const table of APPEND_ONLY) {
      await run(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON maillon.${table} FOR EACH ROW EXECUTE FUNCTION maillon.refuse_change()`);
      await run(`CREATE TRIGGER append_only_all BEFORE TRUNCATE ON maillon.${table} FOR EACH STATEMENT EXECUTE FUNCTION maillon.refuse_change()`);
    }

    // A decision taken back takes its unused introduction along: it is counted no more, and the neighbour's pair is free again too.
    await run(`CREATE FUNCTION maillon.forget_introduction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      BEGIN
        UPDATE maillon.advisor_pace SET open_mediations = greatest(0, open_mediations - 1) WHERE territory_id = OLD.territory_id AND person_id = OLD.mediator_id;
        UPDATE maillon.pair_block b SET lifted_at = statement_timestamp(), lifted_because = 'undone' FROM maillon.pair p
        WHERE b.territory_id = OLD.partner_territory_id AND p.territory_id = b.territory_id AND p.id = b.pair_id AND b.kind = 'introduced' AND b.lifted_at IS NULL
          AND p.output_flow_id = OLD.output_flow_id AND p.input_flow_id = OLD.input_flow_id;
        RETURN OLD;
      END $$`);
    await run('CREATE TRIGGER forget_introduction AFTER DELETE ON maillon.introduction FOR EACH ROW EXECUTE FUNCTION maillon.forget_introduction()');

    // The mailer makes links for a message that it is sending, and for no other; sixty days at most.
    await run(`CREATE FUNCTION maillon.issue_answer_link(hash bytea, message uuid, until timestamptz) RETURNS timestamptz
      LANGUAGE sql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      INSERT INTO maillon.answer_link (token_hash, territory_id, introduction_id, message_id, side, expires_at)
      SELECT hash, m.territory_id, m.introduction_id, m.id, m.side, least(until, m.sending_since + interval '60 days')
      FROM maillon.introduction_message m WHERE m.id = message AND m.delivery = 'sending' AND m.kind = 'proposal'
      RETURNING expires_at $$`);
    // Whoever comes by a link has no territory yet: this tells whose link it is, while it works.
    await run(`CREATE FUNCTION maillon.answer_link_territory(hash bytea, at timestamptz) RETURNS uuid
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = maillon, pg_temp AS
      $$ SELECT territory_id FROM maillon.answer_link WHERE token_hash = hash AND expires_at > at $$`);
    // The worker's tick: mails the people of introductions whose day has come, once a day named. It learns how many, nothing else.
    await run(`CREATE FUNCTION maillon.queue_reminders(day date, at timestamptz) RETURNS SETOF uuid
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = maillon, pg_temp AS $$
      BEGIN
        RETURN QUERY
        WITH due AS (
          UPDATE maillon.introduction SET reminded_on = remind_on
          WHERE territory_id = maillon.current_territory() AND remind_on <= day AND closed_at IS NULL AND reminded_on IS DISTINCT FROM remind_on
          RETURNING mediator_id
        )
        INSERT INTO maillon.staff_mail (territory_id, person_id, template, params, created_at)
        SELECT maillon.current_territory(), mediator_id, 'reminder', jsonb_build_object('count', count(*)), at FROM due GROUP BY mediator_id
        RETURNING id;
      END $$`);

    await run('REVOKE ALL ON FUNCTION maillon.company_mail_refusal(uuid, timestamptz), maillon.says_yes(uuid, text, uuid), maillon.guard_company_message(), maillon.guard_approval(), maillon.forget_introduction(), maillon.issue_answer_link(bytea, uuid, timestamptz), maillon.answer_link_territory(bytea, timestamptz), maillon.queue_reminders(date, timestamptz) FROM PUBLIC');
    await run('GRANT EXECUTE ON FUNCTION maillon.answer_link_territory(bytea, timestamptz), maillon.company_mail_refusal(uuid, timestamptz) TO maillon_api');
    await run('GRANT EXECUTE ON FUNCTION maillon.issue_answer_link(bytea, uuid, timestamptz), maillon.company_mail_refusal(uuid, timestamptz) TO maillon_mailer');
    await run('GRANT EXECUTE ON FUNCTION maillon.queue_reminders(date, timestamptz) TO maillon_worker');

    await run('GRANT SELECT, INSERT ON maillon.introduction TO maillon_api');
    await run('GRANT UPDATE (first_side, first_side_reason, mediator_id, step, remind_on, version, closed_at) ON maillon.introduction TO maillon_api');
    await run('GRANT SELECT, INSERT ON maillon.introduction_side TO maillon_api');
    await run('GRANT UPDATE (way) ON maillon.introduction_side TO maillon_api');
    await run('GRANT SELECT ON maillon.introduction_message TO maillon_api');
    await run(`GRANT INSERT (id, territory_id, introduction_id, side, other_side, first_side, kind, contact_id, recipient, language, subject, body, other_yes_id, own_yes_id), UPDATE (${WRITTEN}) ON maillon.introduction_message TO maillon_api`);
    for (const table of APPEND_ONLY) await run(`GRANT SELECT, INSERT ON maillon.${table} TO maillon_api`);
    await run('GRANT SELECT, UPDATE (used_at) ON maillon.answer_link TO maillon_api');
    await run(`GRANT SELECT, UPDATE (${TOLD_BY_MAILER}) ON maillon.introduction_message TO maillon_mailer`);
    await run('GRANT SELECT (id, message_id, text_hash, approved_by) ON maillon.introduction_approval TO maillon_mailer');
  }

  async down(): Promise<void> {
    throw new Error('The rights are not taken back: restore a backup instead.');
  }
}
