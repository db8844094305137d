export type Verdict = 'accept' | 'reject' | 'snooze' | 'cannot-say';
export interface Person { id: string; name: string }
export interface DecisionView { id: string; verdict: Verdict; reason: { code: string; label: Labels } | null; comment: string | null; snoozeUntil: string | null; decidedAt: string; personName: string }
export interface FlowBrief { company: string; commune: string | null; category: string; label: string; description: string; quantity: number | null; unit: string }
export interface ListItem {
  id: string; rank: number | null; kind: 'listed' | 'audit' | 'by-hand'; points: number | null; probability: number | null;
  output: FlowBrief; input: FlowBrief; distanceKm: number | null; covered: number | null; assignee: Person | null;
  status: 'open' | 'decided' | 'expired' | 'replaced'; version: number; decision: DecisionView | null; week: string; fromEarlierWeek: boolean; returnedBecause: string | null; sentence: string;
}
export interface WeeklyList {
  run: { week: string; attempt: number; policyVersion: number; publishedAt: string; shortfall: { wanted: number; listed: number; cappedOff: Record<string, number>; bestBelowPoints: number | null; thresholdPoints: number } | null } | null;
  items: ListItem[]; next: string | null; minutesPerLead: number;
}
export interface FlowDetail extends FlowBrief {
  months: number | null; provenance: string; confirmedOn: string | null; wasteCode: string | null; codeOrigin: string | null; hazardous: boolean | null; wish: string;
  presentOutlet: string | null; presentCost: number | null; contractEnd: string | null; referent: Person | null;
}
export interface Part { term: string; points: number; why: string }
export interface CandidateDetail extends Omit<ListItem, 'output' | 'input'> {
  output: FlowDetail; input: FlowDetail; parts: Part[]; firstQuestion: string | null; questions: string[]; moneyAtStake: { amount: number | null; sentence: string } | null;
  supply: number | null; demand: number | null; unit: string;
  alike: { verdict: Verdict; count: number }[]; history: DecisionView[];
}
export interface Labels { fr: string; en: string }
export interface Reason { code: string; key: string; label: Labels; commentRequired: boolean }
