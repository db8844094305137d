import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { QueryResult } from 'pg';
import { type ApprovedLetter, openCompanyMail } from '../../../src/platform/company-mail.js';
import type { Context } from '../../../src/platform/context.js';
import { Steps } from '../../support/introduction-steps.js';
import { type IntroductionWorld, openIntroductionWorld } from '../../support/introduction-world.js';
import { makePerson } from '../../support/world.js';

let world: IntroductionWorld;
beforeAll(async () => {
  world = await openIntroductionWorld();
});
beforeEach(() => {
  world.smtp.mails.length = 0;
});
afterAll(async () => {
  await world?.close();
});

interface Attempt {
  role: 'maillon_api' | 'maillon_worker' | 'maillon_mailer' | 'maillon_admin';
  who?: Context;
  sql: string;
  parameters?: unknown[];
}

/**
 * Writes something as a role of the house, and takes it back. @param without statements of the administrator that take a lock
 * away, for this transaction
 * @returns how many rows it wrote or saw, or what refused it: the constraint, else the words
 */
async function attempt({ role, who, sql, parameters = [] }: Attempt, without: readonly string[] = []): Promise<number | string> {
  const client = await world.database.admin.connect();
  try {
    await client.query('BEGIN');
    for (const statement of without) await client.query(statement);
    if (role !== 'maillon_admin') await client.query(`SET LOCAL ROLE ${role}`);
    await client.query("SELECT set_config('maillon.territory', $1, true), set_config('maillon.person', $2, true)", [who?.territoryId ?? '', who?.personId ?? '']);
    const result: QueryResult = await client.query(sql, parameters);
    return result.rowCount ?? 0;
  } catch (error) {
    const { constraint, message } = error as { constraint?: string; message: string };
    return constraint ?? message;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

/** The lock refuses by its name; without it, the very same statement goes through: nothing else would have stopped it. */
async function expectLock(bad: Attempt, refusal: string | RegExp, lock: readonly string[], other: readonly string[] = []): Promise<void> {
  expect(await attempt(bad, other)).toEqual(typeof refusal === 'string' ? refusal : expect.stringMatching(refusal));
  expect(await attempt(bad, [...other, ...lock])).toBe(1);
}

const drop = (table: string, constraint: string): string => `ALTER TABLE maillon.${table} DROP CONSTRAINT ${constraint}`;
const mute = (table: string, trigger: string): string => `ALTER TABLE maillon.${table} DISABLE TRIGGER ${trigger}`;
const GUARD = mute('introduction_message', 'guard_company_message');
const TABLES = ['introduction', 'introduction_side', 'introduction_message', 'introduction_approval', 'company_answer', 'answer_link', 'mediation_step', 'outcome'];

/** An approval of a side's text, by its référent, as the database takes it. */
async function approvalOf(lead: Steps, side: 'output' | 'input'): Promise<string> {
  const { territoryId, personId } = lead.who(side);
  return world.database.api.write({ territoryId, personId, requestId: null }, async (tx) => {
    const { id, hash } = await lead.message(side);
    const [approval] = await tx.sql<{ id: string }>(
      "INSERT INTO introduction_approval (territory_id, introduction_id, message_id, text_hash, approved_by, referent_id, approved_at) VALUES ($1, $2, $3, decode($4, 'hex'), $5, $5, $6) RETURNING id",
      [territoryId, lead.id, id, hash, personId, tx.now]);
    return approval.id;
  });
}

describe('the lock of types', () => {
  it('keeps a letter without an approval from the door: it does not compile, and nothing else at the door would stop it', async () => {
    const letter = { id: randomUUID(), to: 'x@entreprise.example', replyTo: { name: 'X', address: 'x@example.org' }, subject: 'Bonjour', body: 'Rien d’approuvé' };
    // @ts-expect-error only approvedLetter() makes an ApprovedLetter; `npm run typecheck` fails when this line compiles
    const forged: ApprovedLetter = letter;
    await openCompanyMail(world.env).send(forged);
    expect(world.smtp.mails).toHaveLength(1);
  });
});

describe('the lock of foreign keys', () => {
  it('keeps an introduction from a lead that is not accepted (fk_introduction_standing_decision)', async () => {
    const lead = await world.acceptedLead();
    const who = lead.referent.output;
    const bad: Attempt = {
      role: 'maillon_api', who, parameters: [lead.candidateId, who.personId, lead.flows.output.flowId, lead.flows.input.flowId],
      sql: 'INSERT INTO maillon.introduction (territory_id, candidate_id, pair_id, output_flow_id, input_flow_id, mediator_id, opened_by, opened_at) SELECT c.territory_id, c.id, c.pair_id, $3, $4, $2, $2, now() FROM maillon.candidate c WHERE c.id = $1',
    };
    expect(await attempt(bad)).toBe(1);
    const undecided = [`DELETE FROM maillon.standing_decision WHERE candidate_id = '${lead.candidateId}'`];
    await expectLock(bad, 'fk_introduction_standing_decision', [drop('introduction', 'fk_introduction_standing_decision')], undecided);
    const rejected = [drop('standing_decision', 'fk_standing_decision_decision'), `UPDATE maillon.standing_decision SET verdict = 'reject' WHERE candidate_id = '${lead.candidateId}'`];
    await expectLock(bad, 'fk_introduction_standing_decision', [drop('introduction', 'fk_introduction_standing_decision')], rejected);
  });

  it('keeps the second side’s text unapproved without the first side’s yes (ck_introduction_message_first_yes, fk_introduction_message_other_yes)', async () => {
    const lead = await Steps.open(world);
    const approval = await approvalOf(lead, 'input');
    const { id } = await lead.message('input');
    const bad = (yes: string | null): Attempt => ({ role: 'maillon_api', who: lead.who('input'), sql: 'UPDATE maillon.introduction_message SET approval_id = $2, other_yes_id = $3 WHERE id = $1', parameters: [id, approval, yes] });
    await expectLock(bad(null), 'ck_introduction_message_first_yes', [drop('introduction_message', 'ck_introduction_message_first_yes')]);
    await lead.phone('output', 'declined');
    const { rows: [no] } = await world.database.admin.query<{ id: string }>('SELECT id FROM company_answer WHERE introduction_id = $1', [lead.id]);
    const key = drop('introduction_message', 'fk_introduction_message_other_yes');
    await expectLock(bad(no.id), 'fk_introduction_message_other_yes', [key]);
    // Two locks: the trigger that asks for the last word, and behind it the key.
    await expectLock(bad(randomUUID()), 'guard_company_message_yes', [GUARD, key]);
    await expectLock(bad(randomUUID()), 'fk_introduction_message_other_yes', [key], [GUARD]);
  });

  it('keeps the second side from having answered what it was never asked (ck_company_answer_first_asked, fk_company_answer_first_yes, fk_company_answer_first_side)', async () => {
    const lead = await Steps.open(world);
    const bad = (first: string, yes: string | null): Attempt => ({
      role: 'maillon_api', who: lead.who('input'), parameters: [lead.who('input').territoryId, lead.id, first, yes, lead.who('input').personId],
      sql: `INSERT INTO maillon.company_answer (territory_id, introduction_id, side, other_side, first_side, other_yes_id, answer, way, noted_by, given_on, introduction_version, recorded_at)
            VALUES ($1, $2, 'input', 'output', $3, $4, 'interested', 'phone', $5, '2026-11-23', 9, now())`,
    });
    await expectLock(bad('output', null), 'ck_company_answer_first_asked', [drop('company_answer', 'ck_company_answer_first_asked')]);
    await expectLock(bad('input', null), 'fk_company_answer_first_side', [drop('company_answer', 'fk_company_answer_first_side')]);
    await expectLock(bad('output', randomUUID()), 'fk_company_answer_first_yes', [drop('company_answer', 'fk_company_answer_first_yes')]);
    await lead.phone('output', 'declined');
    const { rows: [no] } = await world.database.admin.query<{ id: string }>('SELECT id FROM company_answer WHERE introduction_id = $1', [lead.id]);
    await expectLock(bad('output', no.id), 'fk_company_answer_first_yes', [drop('company_answer', 'fk_company_answer_first_yes')]);
  });

  it('keeps a text of names from being written before both have said yes (ck_introduction_message_both_yes, fk_introduction_message_own_yes)', async () => {
    const lead = await Steps.open(world);
    await lead.phone('output', 'interested');
    const { rows: [yes] } = await world.database.admin.query<{ id: string }>('SELECT id FROM company_answer WHERE introduction_id = $1', [lead.id]);
    const bad = (own: string | null): Attempt => ({
      role: 'maillon_api', who: lead.who('input'), parameters: [lead.who('input').territoryId, lead.id, yes.id, own],
      sql: `INSERT INTO maillon.introduction_message (territory_id, introduction_id, side, other_side, first_side, kind, other_yes_id, own_yes_id) VALUES ($1, $2, 'input', 'output', 'output', 'names', $3, $4)`,
    });
    await expectLock(bad(null), 'ck_introduction_message_both_yes', [drop('introduction_message', 'ck_introduction_message_both_yes')]);
    // The first side's own yes is not the second's.
    for (const own of [yes.id, randomUUID()]) await expectLock(bad(own), 'fk_introduction_message_own_yes', [drop('introduction_message', 'fk_introduction_message_own_yes')]);
  });

  it('keeps an approval with its very text and its very message (fk_introduction_message_approval)', async () => {
    const [lead, other] = [await Steps.open(world), await Steps.open(world)];
    await lead.approve('output');
    const { id } = await lead.message('output');
    const lock = [drop('introduction_message', 'fk_introduction_message_approval')];
    await expectLock({ role: 'maillon_api', who: lead.who('output'), sql: "UPDATE maillon.introduction_message SET body = body || ' !' WHERE id = $1", parameters: [id] }, 'fk_introduction_message_approval', lock);
    await expectLock({ role: 'maillon_api', who: lead.who('output'), sql: "UPDATE maillon.introduction_message SET recipient = 'autre@entreprise.example' WHERE id = $1", parameters: [id] }, 'fk_introduction_message_approval', lock);
    const foreign = await approvalOf(other, 'output');
    await expectLock({ role: 'maillon_api', who: lead.who('output'), sql: 'UPDATE maillon.introduction_message SET approval_id = $2 WHERE id = $1', parameters: [id, foreign] }, 'fk_introduction_message_approval', lock);
  });

  it('keeps a release from a text without an approval (ck_introduction_message_released)', async () => {
    const lead = await Steps.open(world);
    const { id } = await lead.message('output');
    await expectLock({ role: 'maillon_api', who: lead.who('output'), sql: 'UPDATE maillon.introduction_message SET released_at = now() WHERE id = $1', parameters: [id] },
      'ck_introduction_message_released', [drop('introduction_message', 'ck_introduction_message_released')]);
  });
});

describe('the lock of grants', () => {
  it.each(TABLES)('keeps the worker from every access to %s', async (table) => {
    const lead = await Steps.open(world);
    const who = lead.who('output');
    const column = { introduction_approval: 'fitting = 1', introduction: 'version = 9', introduction_side: "way = 'visit'", answer_link: 'used_at = now()', company_answer: "comment = 'x'", mediation_step: "note = 'x'", outcome: 'euros = 1' }[table] ?? "subject = 'x'";
    for (const sql of [`SELECT 1 FROM maillon.${table}`, `INSERT INTO maillon.${table} (introduction_id) VALUES (NULL)`.replace('introduction (introduction_id)', 'introduction (id)'), `UPDATE maillon.${table} SET ${column}`, `DELETE FROM maillon.${table}`]) {
      expect([sql, await attempt({ role: 'maillon_worker', who, sql })]).toEqual([sql, expect.stringMatching(/^permission denied/)]);
    }
    // With the right alone it could look: no policy of row-level security is for it either, so it would see nothing.
    expect(await attempt({ role: 'maillon_worker', who, sql: `SELECT 1 FROM maillon.${table}` }, [`GRANT SELECT ON maillon.${table} TO maillon_worker`])).toBe(0);
  });

  it.each(["delivery = 'sent'", "delivery = 'sending'", 'sent_at = now()', 'attempts = 0', 'sending_since = now()', "last_error = 'x'", "text_hash = ''"])('keeps the API from saying %s', async (what) => {
    const lead = await Steps.open(world);
    await lead.approve('output');
    await lead.release('output');
    const { id } = await lead.message('output');
    const bad: Attempt = { role: 'maillon_api', who: lead.who('output'), sql: `UPDATE maillon.introduction_message SET ${what} WHERE id = $1`, parameters: [id] };
    await expectLock(bad, /^permission denied/, ['GRANT UPDATE ON maillon.introduction_message TO maillon_api', ...(what.startsWith('delivery') ? [GUARD] : [])]);
  });

  it('shows the mailer released texts alone, and lets it write what became of them alone', async () => {
    const lead = await Steps.open(world);
    await lead.approve('output');
    const { id } = await lead.message('output');
    const look: Attempt = { role: 'maillon_mailer', sql: 'SELECT 1 FROM maillon.introduction_message WHERE id = $1', parameters: [id] };
    expect(await attempt(look)).toBe(0);
    expect(await attempt(look, ['ALTER TABLE maillon.introduction_message DISABLE ROW LEVEL SECURITY'])).toBe(1);
    await lead.release('output');
    expect(await attempt(look)).toBe(1);
    for (const what of ["body = 'x'", "recipient = 'x@x.example'", 'approval_id = NULL', 'released_at = NULL', 'released_at = now()', "kind = 'names'", 'contact_id = NULL']) {
      await expect(attempt({ role: 'maillon_mailer', sql: `UPDATE maillon.introduction_message SET ${what} WHERE id = $1`, parameters: [id] })).resolves.toMatch(/^permission denied/);
    }
    for (const table of TABLES.filter((one) => one !== 'introduction_message' && one !== 'introduction_approval')) {
      await expect(attempt({ role: 'maillon_mailer', sql: `SELECT 1 FROM maillon.${table}` })).resolves.toMatch(/^permission denied/);
    }
    for (const sql of ["INSERT INTO maillon.introduction_message (kind) VALUES ('proposal')", 'INSERT INTO maillon.introduction_approval (id) VALUES (uuidv7())', 'DELETE FROM maillon.introduction_message']) {
      await expect(attempt({ role: 'maillon_mailer', sql })).resolves.toMatch(/^permission denied/);
    }
  });
});

describe('the lock of triggers', () => {
  it('keeps a released text as it was approved', async () => {
    const lead = await Steps.open(world);
    await lead.approve('output');
    await lead.release('output');
    const { id } = await lead.message('output');
    for (const change of ["body = 'x'", "subject = 'x'", "recipient = 'x@x.example'", 'approval_id = NULL']) {
      const bad: Attempt = { role: 'maillon_api', who: lead.who('output'), sql: `UPDATE maillon.introduction_message SET ${change} WHERE id = $1`, parameters: [id] };
      await expectLock(bad, 'a released message does not change', [GUARD, drop('introduction_message', 'ck_introduction_message_released')]);
    }
  });

  it('keeps a text that is on its way from being called back, and what became of it from being unsaid', async () => {
    const lead = await Steps.open(world);
    await lead.send('output');
    const { id } = await lead.message('output');
    await expectLock({ role: 'maillon_api', who: lead.who('output'), sql: 'UPDATE maillon.introduction_message SET released_at = NULL WHERE id = $1', parameters: [id] },
      'guard_company_message_on_its_way', [GUARD, drop('introduction_message', 'ck_introduction_message_delivery')]);
    for (const state of ['NULL', "'sending'", "'refused'", "'in-doubt'"]) {
      await expectLock({ role: 'maillon_mailer', sql: `UPDATE maillon.introduction_message SET delivery = ${state} WHERE id = $1`, parameters: [id] }, 'what became of a message is not unsaid', [GUARD]);
    }
  });

  it('keeps a text from beginning as anything but a draft', async () => {
    const lead = await Steps.open(world);
    const approval = await approvalOf(lead, 'output');
    const { id } = await lead.message('output');
    const bad: Attempt = {
      role: 'maillon_admin', parameters: [id, approval],
      sql: `INSERT INTO maillon.introduction_message (territory_id, introduction_id, side, other_side, first_side, kind, recipient, subject, body, text_hash, approval_id, replaced_by)
            SELECT territory_id, introduction_id, side, other_side, first_side, kind, recipient, subject, body, text_hash, $2::uuid, id FROM maillon.introduction_message WHERE id = $1`,
    };
    await expectLock(bad, 'a message begins as a draft', [GUARD, drop('introduction_message', 'fk_introduction_message_approval')]);
  });

  it('keeps approvals to the référent of that side, as themselves, of the text that is there', async () => {
    const lead = await Steps.open(world);
    const colleague = await makePerson(world.database, lead.lead.territoryId, ['advisor']);
    const { id, hash } = await lead.message('output');
    const bad = (who: Context, by: string | null, referent: string, of = hash): Attempt => ({
      role: 'maillon_api', who, parameters: [who.territoryId, lead.id, id, of, by, referent],
      sql: "INSERT INTO maillon.introduction_approval (territory_id, introduction_id, message_id, text_hash, approved_by, referent_id, approved_at) VALUES ($1, $2, $3, decode($4, 'hex'), $5, $6, now())",
    });
    const [ada, bruno] = [lead.who('output'), lead.who('input')];
    const lock = [mute('introduction_approval', 'guard_approval')];
    expect(await attempt(bad(ada, ada.personId, ada.personId))).toBe(1);
    await expectLock(bad(colleague, colleague.personId, ada.personId), 'guard_approval_referent', lock);
    await expectLock(bad(colleague, colleague.personId, colleague.personId), 'guard_approval_referent', lock);
    await expectLock(bad(bruno, bruno.personId, bruno.personId), 'guard_approval_referent', lock);
    // In somebody else's name.
    await expectLock(bad(colleague, ada.personId, ada.personId), 'guard_approval_referent', lock);
    await expectLock(bad(ada, ada.personId, ada.personId, 'ab'.repeat(32)), 'guard_approval_text', lock);
  });

  it('keeps what was said and approved as it was, for the API by grant and for everybody by trigger', async () => {
    const lead = await Steps.open(world);
    await lead.phone('output', 'interested');
    await lead.approve('input');
    for (const [table, column] of [['company_answer', "answer = 'declined'"], ['introduction_approval', 'fitting = 9'], ['mediation_step', "note = 'x'"]] as const) {
      const where = `FROM (SELECT id FROM maillon.${table} WHERE introduction_id = $1 LIMIT 1) one WHERE t.id = one.id`;
      const change: Attempt = { role: 'maillon_admin', sql: `UPDATE maillon.${table} t SET ${column} ${where}`, parameters: [lead.id] };
      expect([table, await attempt({ ...change, role: 'maillon_api', who: lead.who('output') })]).toEqual([table, expect.stringMatching(/^permission denied/)]);
      await expectLock(change, /append|not (be )?changed|never/i, [mute(table, 'append_only'), ...(table === 'company_answer' ? [drop('introduction_message', 'fk_introduction_message_other_yes')] : [])]);
      expect([table, await attempt({ role: 'maillon_admin', sql: `TRUNCATE maillon.${table} CASCADE` })]).toEqual([table, expect.any(String)]);
    }
  });
});

describe('the lock of the hash', () => {
  it.each(['text', 'text and its hash'])('keeps a %s that was changed behind everybody’s back, with triggers off, from being sent', async (what) => {
    const [changed, same] = [await Steps.open(world), await Steps.open(world)];
    for (const lead of [changed, same]) {
      await lead.approve('output');
      await lead.release('output');
    }
    const client = await world.database.admin.connect();
    await client.query('SET session_replication_role = replica');
    await client.query(`UPDATE maillon.introduction_message SET body = body || ' Et autre chose.'
      ${what === 'text' ? '' : ", text_hash = sha256(convert_to(recipient || E'\\n' || subject || E'\\n' || body || ' Et autre chose.', 'UTF8'))"} WHERE id = $1`, [(await changed.message('output')).id]);
    await client.query('SET session_replication_role = origin');
    client.release();
    if (what === 'text') {
      // The trigger makes the hash anew when the mailer takes the text on, and the key to its approval no longer holds.
      await expect(changed.deliver('output')).rejects.toMatchObject({ driverError: { constraint: 'fk_introduction_message_approval' } });
    } else {
      expect(await changed.deliver('output')).toBe('refused');
      expect(await changed.message('output')).toMatchObject({ delivery: 'refused', error: 'not-the-approved-text' });
    }
    expect(await same.deliver('output')).toBe('sent');
    expect(world.smtp.mails.map(({ messageId }) => messageId)).toEqual([`<${(await same.message('output')).id}@example.org>`]);
  });
});
