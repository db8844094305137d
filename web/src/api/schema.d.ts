type Json<B> = { content: { 'application/json': B } };
type Ok<R> = { 200: { headers: Record<string, unknown> } & Json<R> };
type Nothing = { 204: { headers: Record<string, unknown>; content?: never } };
type None = Record<string, never>;
type NoPar = { query?: never; header?: never; path?: never; cookie?: never };
interface PersonBrief { id: string; name: string }
interface SessionBody { person: { id: string; name: string; email: string }; language: 'fr' | 'en'; territory: { id: string; slug: string; name: string; timeZone: string }; territories: unknown[]; roles: string[]; permissions: string[]; csrfToken: string }
interface DecisionView { id: string; verdict: 'accept' | 'reject' | 'snooze' | 'cannot-say' | 'withdraw' | 'discussed'; reason: string | null; reasonLabel: string | null; comment: string | null; snoozeUntil: string | null; decidedAt: string; by: PersonBrief | null }
interface FlowBrief { flowId: string; companyId: string; company: string; commune: string | null; territory: string | null; category: string; label: string; family: string | null; description: string; quantity: number | null; unit: string; referent: PersonBrief | null }
interface ListItem { id: string; rank: number | null; kind: 'listed' | 'audit' | 'by-hand'; points: number | null; probability: number | null; output: FlowBrief; input: FlowBrief; distanceKm: number | null; covered: number | null; assignee: PersonBrief | null; delegate: PersonBrief | null; status: 'open' | 'decided' | 'expired' | 'replaced'; version: number; decision: DecisionView | null; week: string; fromEarlierWeek: boolean; publishedAt: string; returnedBecause: string | null; sentence: string }
interface WeeklyList { week: string; run: { id: string; week: string; attempt: number; policyVersion: number | null; publishedAt: string; shortfall: unknown; shortfallText: string } | null; underWay: { id: string; week: string; state: string; progress: number; failure: string | null } | null; items: ListItem[]; next: string | null; open: number; minutesPerLead: number; expectedAccepted: number | null }
interface FlowDetail extends FlowBrief { provenance: string | null; months: number | null; hazardous: boolean | null; wasteCode: string | null; codeOrigin: string | null; wish: string | null; confirmedOn: string; ageDays: number; withdrawn: boolean; presentOutlet: string | null; presentCost: number | null; contractEndsOn: string | null }
interface PartView { term: string; label: string; points: number; why: string }
interface Question { code: string; text: string }
interface CandidateDetail extends Omit<ListItem, 'output' | 'input'> { output: FlowDetail; input: FlowDetail; byHandReason: string | null; parts: PartView[]; thresholdPoints: number | null; firstQuestion: string; questions: Question[]; regulatory: Question[]; whatWouldChange: string; supply: number | null; demand: number | null; unit: string; moneyAtStake: { amount: number | null; sentence: string } | null; alike: { verdict: string; count: number }[]; alikeReasons: { reason: string; label: string; count: number }[]; history: DecisionView[]; changes: { since: string; items: { side: 'output' | 'input'; fact: string; text: string }[] } }
interface ReasonView { slug: string; key: string; label: string; afterwards: string; commentRequired: boolean }
interface Recorded { decisionId: string; version: number; repeated: boolean; status?: ListItem['status'] }
export interface components { schemas: { SessionBody: SessionBody; WeeklyList: WeeklyList; ListItem: ListItem; CandidateDetail: CandidateDetail; FlowDetail: FlowDetail; PartView: PartView; DecisionView: DecisionView; ReasonView: ReasonView } }
export interface paths {
  '/api/session': { get: { parameters: NoPar; responses: Ok<SessionBody> }; post: { parameters: NoPar; requestBody: Json<{ email: string; password: string }>; responses: Ok<SessionBody> }; delete: { parameters: NoPar; responses: Nothing } };
  '/api/session/language': { put: { parameters: NoPar; requestBody: Json<{ language: 'fr' | 'en' }>; responses: Nothing } };
  '/api/password/redeem': { post: { parameters: NoPar; requestBody: Json<{ token: string; password: string }>; responses: Nothing } };
  '/api/password/reset-request': { post: { parameters: NoPar; requestBody: Json<{ email: string }>; responses: Nothing } };
  '/api/weekly-list': { get: { parameters: { query?: { mine?: boolean; after?: string } }; responses: Ok<WeeklyList> } };
  '/api/candidates/{id}': { get: { parameters: { path: { id: string } }; responses: Ok<CandidateDetail> } };
  '/api/reasons': { get: { parameters: NoPar; responses: Ok<ReasonView[]> } };
  '/api/candidates/{id}/decisions': { post: { parameters: { path: { id: string }; header: { 'If-Match': string } }; requestBody: Json<Record<string, unknown>>; responses: Ok<Recorded> } };
  '/api/candidates/{id}/decision': { delete: { parameters: { path: { id: string }; header: { 'If-Match': string } }; responses: Ok<Recorded> } };
}
