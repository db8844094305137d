import { Module } from '@nestjs/common';
import { FailRun } from './fail-run.js';
import { NearLeadsController } from './near-leads.controller.js';
import { PairExplainer } from './pair-explainer.js';
import { SqlPairExplainer } from './pair-explainer-sql.js';
import { PublishRun } from './publish-run.js';
import { ReplayRun } from './replay-run.js';
import { RequestRun } from './request-run.js';
import { RunMemory } from './run-memory.js';
import { RunsController } from './runs.controller.js';
import { ScoreRun } from './score-run.js';
import { SelectRun } from './select-run.js';
import { StartRun } from './start-run.js';

const ACTIONS = [RequestRun, StartRun, ScoreRun, SelectRun, PublishRun, FailRun, ReplayRun];
const EXPLAINER = { provide: PairExplainer, useClass: SqlPairExplainer };

/** Runs: start → score → select → publish, and what a run reads and owns. */
@Module({ controllers: [RunsController, NearLeadsController], providers: [...ACTIONS, EXPLAINER, RunMemory], exports: [...ACTIONS, PairExplainer] })
export class MatchingModule {}
