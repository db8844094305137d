import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AccessModule } from '../../../src/access/access.module.js';
import { prepareTerritory } from '../../../src/matching/default-policy.js';
import { liftBlocks } from '../../../src/matching/lift-pair-blocks.js';
import { type Context, systemContext } from '../../../src/platform/context.js';
import { localDayOf } from '../../../src/platform/iso-week.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import { DecideCandidate } from '../../../src/review/decide-candidate.js';
import { ExpireCandidates } from '../../../src/review/expire-candidates.js';
import { ReviewModule } from '../../../src/review/review.module.js';
import { WithdrawDecision } from '../../../src/review/withdraw-decision.js';
import { makeCandidate, makeRun } from '../../support/candidates.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { reviewKnowledge } from '../../support/review-knowledge.js';
import { makeFlow, makePerson, makeTerritory } from '../../support/world.js';

const knowledge = reviewKnowledge();
type Person = Context & { personId: string };

describe('decisions on leads', () => {
  let database: TestDatabase;
  let api: TestApi;
  let territoryId: string;
  let advisor: Person;
  let colleague: Person;
  let client: SignedInClient;
  let other: SignedInClient;
  let flows: { output: string; input: string };
  let candidateId: string;
  let decide: DecideCandidate;
  let withdraw: WithdrawDecision;
  let count = 0;

  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule, ResourcesModule.with(knowledge), ReviewModule]);
    territoryId = await makeTerritory(database, 'decisions');
    await prepareTerritory(database.admin, territoryId, database.clock.now());
    advisor = await makePerson(database, territoryId, ['advisor']);
    colleague = await makePerson(database, territoryId, ['advisor']);
    client = await api.signIn(await givePassword(database, advisor.personId));
    other = await api.signIn(await givePassword(database, colleague.personId));
    decide = new DecideCandidate(database.api, knowledge);
    withdraw = new WithdrawDecision(database.api);
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });
  beforeEach(async () => {
    count += 1;
    database.clock.advance({ seconds: 60 });
    const output = await makeFlow(database, territoryId, { ref: `o${count}`, direction: 'output', category: 'offcuts' });
    const input = await makeFlow(database, territoryId, { ref: `i${count}`, direction: 'input', category: 'fuel' });
    flows = { output: output.flowId, input: input.flowId };
    candidateId = await makeCandidate(database, territoryId, flows, { assignedTo: advisor.personId });
  });

  const send = (by: SignedInClient, body: object, version: string | null = '"1"', id = candidateId) => {
    const request = by.post(`/api/candidates/${id}/decisions`, body);
    return version === null ? request : request.set('If-Match', version);
  };
  const undo = (by: SignedInClient, version: string, query = '') => by.delete(`/api/candidates/${candidateId}/decision${query}`).set('If-Match', version);
  const one = async <Row extends object>(sql: string, parameters: unknown[] = [candidateId]): Promise<Row> => (await database.admin.query<Row>(sql, parameters)).rows[0];
  const number = async (sql: string, parameters: unknown[] = [candidateId]): Promise<number> => (await database.admin.query(sql, parameters)).rowCount ?? 0;
  const blocks = async (): Promise<{ kind: string; reason: string | null; until: Date | null; lifted_because: string | null }[]> =>
    (await database.admin.query('SELECT b.kind, b.reason, b.until, b.lifted_because FROM pair_block b JOIN candidate c ON c.pair_id = b.pair_id WHERE c.id = $1 ORDER BY b.created_at', [candidateId])).rows;

  it('are kept with everything that can be learnt from later', async () => {
    await database.admin.query('UPDATE flow SET version = 4 WHERE id = $1', [flows.output]);
    const answer = await send(client, { verdict: 'reject', reason: 'too-far', comment: ' trop loin ', secondsOnScreen: 42.5, shown: { panel: 'map' } });
    expect(answer.status).toBe(201);
    expect(answer.headers['etag']).toBe('"2"');
    expect(answer.body).toMatchObject({ version: 2, repeated: false });
    const row = await one<Record<string, unknown>>('SELECT * FROM decision WHERE candidate_id = $1');
    expect(row).toMatchObject({
      id: answer.body.decisionId, person_id: advisor.personId, verdict: 'reject', reason: 'too-far', comment: 'trop loin', seconds_on_screen: 42.5,
      output_version: 4, input_version: 1, policy_version: 1, model_version: 0, snooze_until: null, supersedes: null,
    });
    expect(row['shown']).toMatchObject({ screen: { panel: 'map' }, candidate: { kind: 'listed', week: '2026-W48', points: 20, version: 1 } });
    expect(await one('SELECT verdict, decision_id FROM standing_decision WHERE candidate_id = $1')).toEqual({ verdict: 'reject', decision_id: answer.body.decisionId });
    expect(await one('SELECT status, version, closed_at FROM candidate_state WHERE candidate_id = $1')).toEqual({ status: 'decided', version: 2, closed_at: database.clock.now() });
    expect(await blocks()).toEqual([{ kind: 'suppressed', reason: 'too-far', until: null, lifted_because: null }]);
    const condition = await one<{ condition: Record<string, unknown> }>('SELECT b.condition FROM pair_block b JOIN candidate c ON c.pair_id = b.pair_id WHERE c.id = $1');
    // Places, and how far the policy let the pair lie apart: nothing else of the companies is kept beside a block.
    expect(Object.keys(condition.condition['output'] as object).sort()).toEqual(['latitude', 'longitude']);
    expect(condition.condition['radius']).toEqual({ baseKm: 60, reach: 'local', outputCategory: 'offcuts', outputFamily: 'matter', distanceKm: 12, allowedKm: 60 });
    const audit = await one<{ data: object }>("SELECT data FROM audit_event WHERE subject_id = $1::text AND action = 'candidate.decided'");
    expect(audit.data).toMatchObject({ verdict: 'reject', reason: 'too-far', forAnother: false });
  });

  it('need the version that was on screen: 428 without one, 400 for none of ours, 412 for another one, which says who did what', async () => {
    expect((await send(client, { verdict: 'accept' }, null)).status).toBe(428);
    expect((await send(client, { verdict: 'accept' }, 'W/"1"')).status).toBe(400);
    expect((await send(other, { verdict: 'accept' })).status).toBe(201);
    const late = await send(client, { verdict: 'reject', reason: 'too-far' });
    expect(late.status).toBe(412);
    expect(late.body).toMatchObject({ code: 'stale', errors: [{ field: 'If-Match', code: 'accept', found: '"1"', expected: '"2"' }] });
    const { name } = await one<{ name: string }>('SELECT name FROM person WHERE id = $1', [colleague.personId]);
    expect(late.body.detail).toContain(`accept by ${name} on ${database.clock.now().toISOString()}`);
    expect(await number('SELECT 1 FROM decision WHERE candidate_id = $1')).toBe(1);
  });

  it('for a reason about people are told to nobody else by a refused version: the pair was discussed on a day', async () => {
    expect((await send(other, { verdict: 'reject', reason: 'relationship', comment: 'fâchés' })).status).toBe(201);
    const late = await send(client, { verdict: 'accept' });
    expect(late.status).toBe(412);
    expect(late.body).toMatchObject({ code: 'stale', errors: [{ field: 'If-Match', code: 'discussed', found: '"1"', expected: '"2"' }] });
    expect(late.body.detail).toBe(`This lead was discussed on ${localDayOf(database.clock.now(), 'Europe/Paris')}; load it again.`);
    const { name } = await one<{ name: string }>('SELECT name FROM person WHERE id = $1', [colleague.personId]);
    for (const secret of ['reject', 'relationship', 'fâchés', name, colleague.personId]) expect(late.text).not.toContain(secret);
    const undone = await undo(client, '"1"');
    expect([undone.status, undone.body.errors[0].code]).toEqual([412, 'discussed']);
    // The one who said it is told what they said.
    const own = await send(other, { verdict: 'accept' });
    expect([own.status, own.body.errors[0].code]).toEqual([412, 'reject']);
  });

  it('are refused on what is decided already, and on nothing that is not there', async () => {
    await send(client, { verdict: 'accept' });
    expect((await send(client, { verdict: 'accept' }, '"2"')).status).toBe(409);
    for (const id of [randomUUID(), 'no-id']) expect((await send(client, { verdict: 'accept' }, '"1"', id)).status).toBe(404);
  });

  it('of two advisors at once, count for exactly one', async () => {
    const answers = await Promise.all([client, other, client, other].map((by, at) => send(by, at % 2 === 0 ? { verdict: 'accept' } : { verdict: 'reject', reason: 'timing' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 412, 412, 412]);
    expect(await number('SELECT 1 FROM decision WHERE candidate_id = $1')).toBe(1);
    expect(await number('SELECT 1 FROM standing_decision WHERE candidate_id = $1')).toBe(1);
    expect((await blocks()).length).toBe(1);
  });

  it('sent again with the same id, answer what was recorded and double nothing, also at the same moment', async () => {
    const decisionId = randomUUID();
    const body = { verdict: 'reject', reason: 'other', comment: 'voir avec eux', decisionId };
    const answers = await Promise.all([send(client, body), send(client, body), send(client, body)]);
    answers.push(await send(client, body));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    for (const { body: answer } of answers) expect(answer).toMatchObject({ decisionId, version: 2 });
    expect(answers.filter(({ body: answer }) => answer.repeated === false).length).toBe(1);
    expect(await number('SELECT 1 FROM decision WHERE candidate_id = $1')).toBe(1);
    expect(await number("SELECT 1 FROM audit_event WHERE subject_id = $1::text AND action = 'candidate.decided'")).toBe(1);
    expect((await blocks()).length).toBe(1);
    expect((await send(client, { verdict: 'accept', decisionId }, '"2"')).status).toBe(409);
    expect((await send(other, body, '"2"')).status).toBe(409);
  });

  it.each([
    ['a rejection without a reason', { verdict: 'reject' }, 'reason'],
    ['a reason that is not of the list', { verdict: 'reject', reason: 'because' }, 'reason'],
    ['another reason that is not said', { verdict: 'reject', reason: 'other', comment: '  ' }, 'comment'],
    ['a reason for an acceptance', { verdict: 'accept', reason: 'too-far' }, 'reason'],
    ['a snooze without a day', { verdict: 'snooze' }, 'snoozeUntil'],
    ['a snooze until today', { verdict: 'snooze', snoozeUntil: '2026-11-23' }, 'snoozeUntil'],
    ['a snooze of more than a year', { verdict: 'snooze', snoozeUntil: '2027-11-25' }, 'snoozeUntil'],
    ['a snooze until a day that is none', { verdict: 'snooze', snoozeUntil: '2027-02-30' }, 'snoozeUntil'],
    ['a day for an acceptance', { verdict: 'accept', snoozeUntil: '2026-12-01' }, 'snoozeUntil'],
    ['a verdict that is none', { verdict: 'maybe' }, 'verdict'],
    ['less than no time', { verdict: 'accept', secondsOnScreen: -1 }, 'secondsOnScreen'],
    ['a screen that says too much', { verdict: 'accept', shown: { text: 'x'.repeat(9_000) } }, 'shown'],
    ['an id that is none', { verdict: 'accept', decisionId: '1' }, 'decisionId'],
  ])('are refused with the field that is wrong: %s', async (_what, body, field) => {
    const answer = await send(client, body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
    expect(await number('SELECT 1 FROM decision WHERE candidate_id = $1')).toBe(0);
  });

  it('snooze from tomorrow to a year from now', async () => {
    expect((await send(client, { verdict: 'snooze', snoozeUntil: '2027-11-23' })).status).toBe(201);
    expect(await blocks()).toMatchObject([{ kind: 'suppressed', reason: 'snooze', until: new Date('2027-11-22T23:00:00Z') }]);
  });

  it('are refused where the room has no place for them: signed out, another role, another territory, the system', async () => {
    expect((await api.anybody().post(`/api/candidates/${candidateId}/decisions`).set('If-Match', '"1"').send({ verdict: 'accept' })).status).toBe(401);
    const analyst = await api.signIn(await givePassword(database, (await makePerson(database, territoryId, ['analyst', 'administrator', 'contributor'])).personId));
    expect((await send(analyst, { verdict: 'accept' })).status).toBe(403);
    const elsewhere = await makeTerritory(database, `ailleurs-${count}`);
    const foreign = await api.signIn(await givePassword(database, (await makePerson(database, elsewhere, ['advisor'])).personId));
    expect((await send(foreign, { verdict: 'accept' })).status).toBe(404);
    expect((await foreign.get(`/api/candidates/${candidateId}`)).status).toBe(404);
    await expect(decide.execute(systemContext(territoryId), candidateId, 1, { verdict: 'accept' })).rejects.toMatchObject({ status: 403 });
    expect(await number('SELECT 1 FROM decision WHERE candidate_id = $1')).toBe(0);
  });

  it('cannot be made by the worker, whatever it is asked', async () => {
    const asWorker = new DecideCandidate(database.worker, knowledge);
    await expect(asWorker.execute(advisor, candidateId, 1, { verdict: 'accept' })).rejects.toThrow(/permission denied/);
    await expect(new WithdrawDecision(database.worker).execute(advisor, candidateId, 1)).rejects.toThrow(/permission denied/);
    expect(await one('SELECT status, version FROM candidate_state WHERE candidate_id = $1')).toEqual({ status: 'open', version: 1 });
  });

  it('for somebody else are noted as such', async () => {
    await send(other, { verdict: 'cannot-say' });
    const audit = await one<{ data: object }>("SELECT data FROM audit_event WHERE subject_id = $1::text AND action = 'candidate.decided'");
    expect(audit.data).toMatchObject({ assignedTo: advisor.personId, forAnother: true });
    expect(await blocks()).toMatchObject([{ reason: 'cannot-say' }]);
  });

  it('do not accept a flow that was withdrawn, withheld or unwished meanwhile, but may still reject it', async () => {
    for (const change of ["withdrawn_at = now()", "withdrawn_at = NULL, withheld = true", "withheld = false, wish = 'no'", 'wish = NULL']) {
      await database.admin.query(`UPDATE flow SET ${change} WHERE id = $1`, [flows.input]);
      expect((await send(client, { verdict: 'accept' })).body).toMatchObject({ status: 409, code: 'flow-not-matchable' });
    }
    expect((await send(client, { verdict: 'reject', reason: 'data-stale' })).status).toBe(201);
  });

  it('are taken back as long as nothing rests on them, and everything is as it was', async () => {
    await send(client, { verdict: 'accept' });
    expect(await blocks()).toMatchObject([{ kind: 'introduced', lifted_because: null }]);
    const answer = await undo(other, '"2"');
    expect(answer.body).toMatchObject({ status: 'open', version: 3, repeated: false });
    expect(await number('SELECT 1 FROM standing_decision WHERE candidate_id = $1')).toBe(0);
    expect(await one('SELECT status, closed_at, assigned_to FROM candidate_state WHERE candidate_id = $1')).toEqual({ status: 'open', closed_at: null, assigned_to: advisor.personId });
    expect(await blocks()).toMatchObject([{ kind: 'introduced', lifted_because: 'undone' }]);
    const { rows } = await database.admin.query<{ verdict: string; supersedes: string | null; id: string }>('SELECT id, verdict, supersedes FROM decision WHERE candidate_id = $1 ORDER BY decided_at, id', [candidateId]);
    expect(rows.map(({ verdict }) => verdict).sort()).toEqual(['accept', 'withdraw']);
    expect(rows.find(({ verdict }) => verdict === 'withdraw')?.supersedes).toBe(rows.find(({ verdict }) => verdict === 'accept')?.id);
    expect((await undo(client, '"3"')).status).toBe(409);
    expect((await send(client, { verdict: 'reject', reason: 'timing' }, '"3"')).status).toBe(201);
  });

  it('taken back twice with the same id are taken back once; with an old version, not at all', async () => {
    await send(client, { verdict: 'accept' });
    expect((await undo(client, '"1"')).status).toBe(412);
    const id = randomUUID();
    const answers = await Promise.all([undo(client, '"2"', `?withdrawalId=${id}`), undo(client, '"2"', `?withdrawalId=${id}`)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await number("SELECT 1 FROM decision WHERE candidate_id = $1 AND verdict = 'withdraw'")).toBe(1);
  });

  it('are not taken back once the pair has been shown again', async () => {
    await send(client, { verdict: 'reject', reason: 'too-small' });
    database.clock.advance({ seconds: 60 });
    await database.admin.query("UPDATE pair_block SET lifted_at = $2, lifted_because = 'quantity-changed side=output percent=45' WHERE lifted_at IS NULL AND pair_id = (SELECT pair_id FROM candidate WHERE id = $1)", [candidateId, database.clock.now()]);
    const again = await makeCandidate(database, territoryId, flows, { week: '2026-W49' });
    const answer = await undo(client, '"2"');
    expect(answer.body).toMatchObject({ status: 409, code: 'pair-went-on' });
    expect(answer.body.detail).toContain(again);
  });

  it('give a rejected pair back when its condition holds, and say which; the worker does it', async () => {
    await send(client, { verdict: 'reject', reason: 'too-small' });
    const lift = async (): Promise<string[]> => {
      database.clock.advance({ seconds: 60 });
      return (await database.worker.write(systemContext(territoryId), (tx) => liftBlocks(tx, knowledge), { across: true })).lifted.map(({ because }) => because);
    };
    expect(await lift()).toEqual([]);
    await database.admin.query('UPDATE flow SET quantity = 129 WHERE id = $1', [flows.output]);
    expect(await lift()).toEqual([]);
    await database.admin.query('UPDATE flow SET quantity = 145 WHERE id = $1', [flows.output]);
    expect(await lift()).toEqual(['quantity-changed side=output percent=45']);
    expect(await lift()).toEqual([]);
    expect(await blocks()).toMatchObject([{ lifted_because: 'quantity-changed side=output percent=45' }]);
  });

  it('measure the pace of an advisor from twenty decisions on, without what was left open over lunch', async () => {
    const person = await makePerson(database, territoryId, ['advisor']);
    for (let at = 1; at <= 20; at += 1) {
      await database.admin.query('DELETE FROM advisor_pace WHERE person_id = $1', [person.personId]);
      const { version } = await decide.execute(person, candidateId, at * 2 - 1, { verdict: 'cannot-say', secondsOnScreen: at <= 11 ? 90 : 50_000 });
      const paces = await database.admin.query('SELECT median_review_minutes AS minutes FROM advisor_pace WHERE person_id = $1', [person.personId]);
      expect(paces.rows).toEqual(at < 20 ? [] : [{ minutes: 1.5 }]);
      await withdraw.execute(person, candidateId, version);
    }
  });

  it('are no longer asked for after four weeks worked, and weeks with nobody there do not count', async () => {
    const territory = await makeTerritory(database, `lent-${count}`);
    await prepareTerritory(database.admin, territory, database.clock.now());
    const alone = await makePerson(database, territory, ['advisor']);
    const output = await makeFlow(database, territory, { ref: 'o', direction: 'output', category: 'offcuts' });
    const input = await makeFlow(database, territory, { ref: 'i', direction: 'input', category: 'fuel' });
    const id = await makeCandidate(database, territory, { output: output.flowId, input: input.flowId }, { week: '2026-W40' });
    const expire = new ExpireCandidates(database.worker);
    const at = async (day: string): Promise<number> => {
      database.clock.set(day);
      return (await expire.execute(systemContext(territory))).expired;
    };
    const before = database.clock.now();
    for (const week of ['2026-W40', '2026-W41', '2026-W42', '2026-W44', '2026-W45']) await makeRun(database, territory, week);
    await database.admin.query("INSERT INTO absence (territory_id, person_id, from_day, to_day) VALUES ($1, $2, '2026-10-05', '2026-10-09')", [territory, alone.personId]);
    expect(await at('2026-11-01T10:00:00Z')).toBe(0);
    expect(await at('2026-11-08T22:59:00Z')).toBe(0);
    expect(await at('2026-11-08T23:01:00Z')).toBe(1);
    expect(await at('2026-11-08T23:02:00Z')).toBe(0);
    expect(await one('SELECT status, version FROM candidate_state WHERE candidate_id = $1', [id])).toEqual({ status: 'expired', version: 2 });
    await expect(decide.execute(alone, id, 2, { verdict: 'accept' })).rejects.toMatchObject({ status: 409, code: 'not-open' });
    database.clock.set(before);
  });

  it('taken back when the time of the lead is over leave it expired', async () => {
    await send(client, { verdict: 'accept' });
    const before = database.clock.now();
    for (const week of ['2026-W48', '2026-W49', '2026-W50', '2026-W51']) await makeRun(database, territoryId, week, { attempt: count });
    database.clock.set('2026-12-22T10:00:00Z');
    expect((await undo(client, '"2"')).body).toMatchObject({ status: 'expired' });
    database.clock.set(before);
  });

  it('may be given to another advisor of the territory, and to nobody else', async () => {
    const assign = (personId: string, version: string) => client.put(`/api/candidates/${candidateId}/assignee`, { personId }).set('If-Match', version);
    expect((await assign(colleague.personId, '"1"')).body).toEqual({ version: 2 });
    expect((await assign(colleague.personId, '"2"')).body).toEqual({ version: 2 });
    expect((await assign(advisor.personId, '"1"')).status).toBe(412);
    const contributor = await makePerson(database, territoryId, ['contributor']);
    expect((await assign(contributor.personId, '"2"')).status).toBe(422);
    expect((await client.put(`/api/candidates/${candidateId}/assignee`, { personId: advisor.personId })).status).toBe(428);
    expect((await send(client, { verdict: 'accept' }, '"1"')).status).toBe(412);
    expect((await send(client, { verdict: 'accept' }, '"2"')).status).toBe(201);
    expect((await assign(advisor.personId, '"3"')).status).toBe(409);
  });
});
