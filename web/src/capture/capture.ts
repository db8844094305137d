import type { FieldProblem } from '../api/problem';
import type { components } from '../api/schema';
import type { TypedFlow } from '../flow-form/typed-flow';

/** A company as it was chosen: one that is recorded, or one to be recorded with the flow. */
export type ChosenCompany =
  | { kind: 'known'; id: string; name: string }
  /** `unchecked`: nobody could look whether it is recorded already. */
  | { kind: 'new'; id: string; name: string; siret: string; unchecked: boolean };

export type ChosenSite =
  | { kind: 'known'; id: string; label: string }
  | { kind: 'new'; id: string; name: string; postcode: string; commune: string; latitude: number | null; longitude: number | null }
  /** The sites could not be read: the only one the company has is meant. */
  | { kind: 'only'; id: string };

/** One flow on its way to the server, with what was typed. */
export interface Capture {
  /** Also the flow's: sent twice, it is recorded once. */
  id: string;
  personId: string;
  territoryId: string;
  /** Moment, ISO 8601. */
  madeAt: string;
  company: ChosenCompany;
  site: ChosenSite;
  flow: TypedFlow;
  state: 'waiting' | 'refused';
  /** It has been sent, and the answer may have been lost: it must go again as it is. */
  attempted: boolean;
  /** Why it was refused. */
  refusal: { code: string; detail: string; errors: FieldProblem[] } | null;
}

/** How many leads a flow would have if a run began now: the number alone. */
export type NearLeads = components['schemas']['NearLeadsView'];

/** A flow that the server has. */
export interface SentCapture {
  id: string;
  companyId: string;
  companyName: string;
  description: string;
  /** Null: the server does not say. */
  near: NearLeads | null;
}
