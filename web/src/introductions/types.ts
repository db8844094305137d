import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Board = Schemas['Board'];
export type BoardItem = Schemas['BoardItem'];
export type Introduction = Schemas['IntroductionDetail'];
export type SideView = Schemas['SideView'];
export type MessageView = Schemas['MessageView'];
export type Identifying = Schemas['IdentifierView'];
export type Outcome = Schemas['OutcomeView'];
export type AnswerView = Schemas['AnswerView'];
/** Steps that a person notes. */
export type NotedStep = Introduction['mayNote'][number];
