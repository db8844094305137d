import type { components } from './schema';

type Schemas = components['schemas'];

export type WeeklyList = Schemas['WeeklyList'];
export type ListItem = Schemas['ListItem'];
export type CandidateDetail = Schemas['CandidateDetail'];
export type FlowDetail = Schemas['FlowDetail'];
export type Part = Schemas['PartView'];
export type DecisionView = Schemas['DecisionView'];
export type Reason = Schemas['ReasonBody'];
/** What an advisor may say; undoing is no verdict of its own on the page. */
export type Verdict = 'accept' | 'reject' | 'snooze' | 'cannot-say';
