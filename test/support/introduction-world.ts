import type { DataSource } from 'typeorm';
import { Env } from '../../config/env.js';
import { loadKnowledge } from '../../config/load-config.js';
import { AccessModule } from '../../src/access/access.module.js';
import { ALL_ENTITIES } from '../../src/all-entities.js';
import { CompaniesModule } from '../../src/companies/companies.module.js';
import { FlowsModule } from '../../src/flows/flows.module.js';
import type { IntroductionDetail, MessageView, SideView } from '../../src/introductions/introductions.dto.js';
import { IntroductionDetails } from '../../src/introductions/introduction-details.js';
import { IntroductionsModule } from '../../src/introductions/introductions.module.js';
import { OpenIntroduction } from '../../src/introductions/open-introduction.js';
import { SendCompanyMail } from '../../src/introductions/send-company-mail.js';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { MatchingModule } from '../../src/matching/matching.module.js';
import type { Context } from '../../src/platform/context.js';
import { makeDataSource } from '../../src/platform/postgres/data-source.js';
import { UnitOfWork } from '../../src/platform/postgres/unit-of-work.js';
import { ResourcesModule } from '../../src/resources/resources.module.js';
import { DecideCandidate } from '../../src/review/decide-candidate.js';
import { ReviewModule } from '../../src/review/review.module.js';
import { makeCandidate } from './candidates.js';
import { openTestDatabase, type TestDatabase } from './database.js';
import { openTestApi, type TestApi } from './http.js';
import { type SmtpRecorder, startSmtpRecorder } from './smtp-recorder.js';
import { agreeTerritories, type Arranged, makeFlow, type MadeFlow, makePerson, makeTerritory } from './world.js';

type Person = Context & { personId: string };
type Side = 'output' | 'input';

export const LINK_SECRET = 'y'.repeat(40);
/** Two leaves of the catalogue that know each other. */
const CATEGORIES = { output: 'wood-sawdust', input: 'animal-bedding' } as const;

/** One accepted lead with two companies, each with a contact person, as an advisor finds it. */
export interface AcceptedLead {
  candidateId: string;
  decisionId: string;
  territoryId: string;
  flows: Record<Side, MadeFlow>;
  referent: Record<Side, Person>;
  contact: Record<Side, { id: string; email: string; name: string }>;
  companyName: Record<Side, string>;
}

/** The rooms on a real database, as the API's role, with the mailer and an SMTP server that records. */
export interface IntroductionWorld {
  database: TestDatabase;
  api: TestApi;
  smtp: SmtpRecorder;
  mailer: UnitOfWork;
  mailerSource: DataSource;
  env: Env;
  sender: SendCompanyMail;
  /** An accepted lead in a territory of its own. @param across the input's company belongs to a neighbour with an agreement */
  acceptedLead(options?: { across?: boolean; sameReferent?: boolean; wish?: Partial<Record<Side, string>>; crowd?: number }): Promise<AcceptedLead>;
  open(lead: AcceptedLead): Promise<string>;
  detail(who: Context, id: string): Promise<IntroductionDetail>;
  /** Released messages that wait, as the worker's queue would bring them. */
  deliver(): Promise<Record<string, string>>;
  get<T>(service: abstract new (...parameters: never[]) => T): T;
  close(): Promise<void>;
}

export async function openIntroductionWorld(): Promise<IntroductionWorld> {
  const database = await openTestDatabase();
  const smtp = await startSmtpRecorder();
  const knowledge = loadKnowledge();
  const api = await openTestApi(database, [ResourcesModule.with(knowledge), AccessModule, CompaniesModule, FlowsModule, MatchingModule, ReviewModule, IntroductionsModule], { LINK_SECRET });
  const mailerSource = await makeDataSource({ url: database.url('maillon_mailer'), entities: ALL_ENTITIES, poolSize: 4 }).initialize();
  const mailer = new UnitOfWork(mailerSource, () => database.clock.now());
  const env = Object.assign(new Env(), { SMTP_URL: smtp.url, MAIL_FROM: 'maillon@example.org', PUBLIC_URL: 'https://maillon.example.org', LINK_SECRET });
  const sender = new SendCompanyMail(mailer, env);
  const get = <T>(service: abstract new (...parameters: never[]) => T): T => api.app.get(service as unknown as new () => T);
  let serial = 0;

  const world: IntroductionWorld = {
    database, api, smtp, mailer, mailerSource, env, sender, get,
    async acceptedLead({ across = false, sameReferent = false, wish = {}, crowd = 6 } = {}) {
      const n = serial += 1;
      const territoryId = await makeTerritory(database, `pays-${n}`);
      await prepareTerritory(database.admin, territoryId, database.clock.now());
      const advisor = await makePerson(database, territoryId, ['advisor'], `ada-${n}@example.org`);
      let other = territoryId;
      if (across) {
        other = await makeTerritory(database, `voisin-${n}`);
        await prepareTerritory(database.admin, other, database.clock.now());
        await agreeTerritories(database, territoryId, other);
      }
      const colleague = sameReferent ? advisor : await makePerson(database, other, ['advisor'], `bruno-${n}@example.org`);
      const referent = { output: advisor, input: colleague };
      const lead = await makeLead(database, { n, territory: { output: territoryId, input: other }, referent: { output: advisor.personId, input: colleague.personId }, wish, crowd });
      const { decisionId } = await get(DecideCandidate).execute(advisor, lead.candidateId, 1, { verdict: 'accept' });
      return { ...lead, decisionId, territoryId, referent };
    },
    async open(lead) {
      return (await get(OpenIntroduction).execute(lead.referent.output, lead.candidateId)).id;
    },
    detail: (who, id) => get(IntroductionDetails).read(who, id),
    async deliver() {
      const { rows } = await database.admin.query<{ id: string }>("SELECT id FROM introduction_message WHERE released_at IS NOT NULL AND (delivery IS NULL OR delivery = 'sending') ORDER BY released_at, id");
      const outcomes: Record<string, string> = {};
      for (const { id } of rows) outcomes[id] = await sender.execute(id);
      return outcomes;
    },
    async close() {
      await smtp.close();
      await mailerSource.destroy();
      await api.close();
      await database.close();
    },
  };
  return world;
}

/** A lead that waits for a decision, with two companies and a contact person each, in the output's territory. @param n in their names */
export async function makeLead(
  database: Arranged, { n, territory, referent, wish = {}, crowd = 0 }: { n: number; territory: Record<Side, string>; referent: Record<Side, string>; wish?: Partial<Record<Side, string>>; crowd?: number },
): Promise<Pick<AcceptedLead, 'candidateId' | 'flows' | 'contact' | 'companyName'>> {
  const companyName = { output: `Scierie Vaucanson ${n}`, input: `Haras Quillebeuf ${n}` };
  const made = async (side: Side, where: string): Promise<MadeFlow> => {
    const flow = await makeFlow(database, where, {
      ref: `${side}-${n}`, direction: side, category: CATEGORIES[side], referentId: referent[side], quantity: 100, wish: wish[side] ?? 'yes', ...(side === 'input' ? { latitude: 44.09, longitude: 1.42 } : {}),
    });
    await database.admin.query('UPDATE company SET name = $2, naf = $3 WHERE id = $1', [flow.companyId, companyName[side], side === 'output' ? '1610A' : '0143Z']);
    return flow;
  };
  const flows = { output: await made('output', territory.output), input: await made('input', territory.input) };
  const contact = { output: await makeContact(database, territory.output, flows.output.companyId, `Odile Marchenoir`, `odile-${n}@scierie.example`), input: await makeContact(database, territory.input, flows.input.companyId, `Irène Tessandier`, `irene-${n}@haras.example`) };
  // Others of the same trades around, among whom the two are not told apart.
  for (const [where, naf] of [[territory.output, '1610A'], [territory.input, '0143Z']] as const) {
    for (let at = 0; at < crowd; at += 1) {
      const extra = await makeFlow(database, where, { ref: `x-${n}-${naf}-${at}`, direction: 'output', category: CATEGORIES.output, latitude: 44.02 + at / 200, longitude: 1.35 + at / 100, quantity: 100 });
      await database.admin.query('UPDATE company SET naf = $2 WHERE id = $1', [extra.companyId, naf]);
    }
  }
  const candidateId = await makeCandidate(database, territory.output, { output: flows.output.flowId, input: flows.input.flowId }, { assignedTo: referent.output });
  return { candidateId, flows, contact, companyName };
}

async function makeContact(database: Arranged, territoryId: string, companyId: string, name: string, email: string): Promise<{ id: string; email: string; name: string }> {
  const { rows } = await database.admin.query<{ id: string }>(
    'INSERT INTO contact_person (territory_id, company_id, ref, name, email, phone, updated_at) VALUES ($1, $2, $3, $4, $3, $5, $6) RETURNING id',
    [territoryId, companyId, email, name, '05 63 00 00 01', database.clock.now()]);
  return { id: rows[0].id, email, name };
}

/** A side of a detail. @throws when it is not there */
export function sideOf(detail: IntroductionDetail, side: Side): SideView {
  const found = detail.sides.find((one) => one.side === side);
  if (found === undefined) throw new Error(`The detail holds no ${side}`);
  return found;
}

/** The standing text of a side. @throws when there is none */
export function messageOf(detail: IntroductionDetail, side: Side, kind: 'proposal' | 'names' = 'proposal'): MessageView {
  const found = sideOf(detail, side).messages.find((message) => message.kind === kind && message.state !== 'replaced');
  if (found === undefined) throw new Error(`The ${side} has no text for ${kind}`);
  return found;
}

/** The token of the answer link in a mail. */
export function tokenIn(text: string): string {
  return /#\/answer\?token=([\w.-]+)/.exec(text)?.[1] ?? 'no token';
}
