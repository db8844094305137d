import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Person, Territory } from '../access/access.entities.js';
import { Flow } from '../flows/flows.entities.js';

export type PolicyState = 'draft' | 'active' | 'retired';

/** A version of the policy document. Immutable once it has been active; `tuning` writes it through `activate-policy`. */
@Entity({ name: 'policy_version' })
@Unique(['territoryId', 'version'])
@Unique(['territoryId', 'id'])
@Index('uq_policy_version_active', ['territoryId'], { unique: true, where: "state = 'active'" })
@Check('ck_policy_version_state', "state in ('draft','active','retired')")
export class PolicyVersion {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @Column('integer') version!: number;
  @Column('jsonb') document!: Record<string, unknown>;
  @Column('text') state!: PolicyState;
  @Column('text', { nullable: true }) note!: string | null;
  /** Version that a draft or a roll-back was taken from. */
  @Column('integer', { nullable: true }) basedOn!: number | null;
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) createdBy!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) activatedAt!: Date | null;
}

/** What was fitted on decisions, versioned apart from the policy. Version 0 is the neutral model: expert weights alone. */
@Entity({ name: 'model_version' })
@Unique(['territoryId', 'version'])
@Index('uq_model_version_active', ['territoryId'], { unique: true, where: "state = 'active'" })
export class ModelVersion {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @Column('integer') version!: number;
  @Column('jsonb') document!: Record<string, unknown>;
  @Column('text') state!: PolicyState;
  @Column('timestamptz') createdAt!: Date;
}

/** The knowledge files as a run used them, by the SHA-256 of their canonical JSON, so that an old run can be made again after an upgrade. */
@Entity({ name: 'knowledge_version' })
export class KnowledgeVersion {
  @PrimaryColumn('text') hash!: string;
  @Column('jsonb') document!: Record<string, unknown>;
  @Column('timestamptz') createdAt!: Date;
}

/** An output and an input that once were a candidate: stable over runs. */
@Entity({ name: 'pair' })
@Unique(['territoryId', 'outputFlowId', 'inputFlowId'])
@Unique(['territoryId', 'id'])
@Index('ix_pair_input', ['territoryId', 'inputFlowId'])
export class Pair {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @Column('uuid') @ForeignKey(() => Flow) outputFlowId!: string;
  @Column('uuid') @ForeignKey(() => Flow) inputFlowId!: string;
}

export type BlockKind = 'suppressed' | 'introduced' | 'running';

/** Why a pair may not be listed, and until when or until what changes (MATCHING section 6). At most one standing block of a kind a pair. */
@Entity({ name: 'pair_block' })
@ForeignKey(() => Pair, ['territoryId', 'pairId'], ['territoryId', 'id'], { name: 'fk_pair_block_pair' })
@Index('uq_pair_block_standing', ['pairId', 'kind'], { unique: true, where: 'lifted_at IS NULL' })
@Check('ck_pair_block_kind', "kind in ('suppressed','introduced','running')")
export class PairBlock {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') pairId!: string;
  @Column('text') kind!: BlockKind;
  /** Reason of the rejection (closed list of `review`), or `snooze`. */
  @Column('text', { nullable: true }) reason!: string | null;
  /** The decision that caused it; an id only, decisions are the next room's. */
  @Column('uuid', { nullable: true }) decisionId!: string | null;
  /** Lifted at this time at the latest; null: no date lifts it. */
  @Column('timestamptz', { nullable: true }) until!: Date | null;
  /** What the flows were when it was set; a run compares, and a material change lifts it. Null: nothing lifts it but `until`. */
  @Column('jsonb', { nullable: true }) condition!: Record<string, unknown> | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) liftedAt!: Date | null;
  /** What lifted it, shown when the pair returns: `quantity-changed`, `date-reached`, `undone`… */
  @Column('text', { nullable: true }) liftedBecause!: string | null;
}

export type RunState = 'waiting' | 'started' | 'scored' | 'selected' | 'published' | 'failed';

/** One weekly calculation: (territory, week, attempt). */
@Entity({ name: 'run' })
@Unique(['territoryId', 'week', 'attempt'])
@Unique(['territoryId', 'id'])
@Check('ck_run_state', "state in ('waiting','started','scored','selected','published','failed')")
@Check('ck_run_week', "week ~ '^[0-9]{4}-W[0-9]{2}$'")
@Index('uq_run_unfinished', ['territoryId'], { unique: true, where: "state not in ('published','failed')" })
export class Run {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  /** ISO week in the territory's time zone, `2026-W48`. */
  @Column('text') week!: string;
  @Column('integer') attempt!: number;
  @Column('text') state!: RunState;
  @Column('text') cause!: 'schedule' | 'demand';
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) requestedBy!: string | null;
  @Column('timestamptz') createdAt!: Date;
  /** The moment that "now" means for this run. */
  @Column('timestamptz') asOf!: Date;
  @Column('integer') seed!: number;
  @Column('text') codeVersion!: string;
  @Column('integer', { nullable: true }) policyVersion!: number | null;
  @Column('integer', { nullable: true }) modelVersion!: number | null;
  @Column('text', { nullable: true }) @ForeignKey(() => KnowledgeVersion) knowledgeHash!: string | null;
  /** 0 to 1. */
  @Column('double precision', { default: 0 }) progress!: number;
  @Column('text', { nullable: true }) failure!: string | null;
  @Column('jsonb', { nullable: true }) funnel!: unknown;
  @Column('jsonb', { nullable: true }) histogram!: unknown;
  /** Why the list is short, as codes and values; null when it is full. */
  @Column('jsonb', { nullable: true }) shortfall!: unknown;
  @Column('timestamptz', { nullable: true }) publishedAt!: Date | null;
  /** Of the published list's canonical JSON: the same input gives the same bytes. */
  @Column('text', { nullable: true }) listHash!: string | null;
}

/** The whole input of a run, compressed: arrays and ids, no texts (promise P4). Written once by `start`. */
@Entity({ name: 'run_input' })
@ForeignKey(() => Run, ['territoryId', 'runId'], ['territoryId', 'id'], { name: 'fk_run_input_run' })
export class RunInput {
  @PrimaryColumn('uuid') runId!: string;
  @Column('uuid') territoryId!: string;
  /** Snapshot, zstd or gzip as the codec says. */
  @Column('bytea') snapshot!: Buffer;
  /** Policy, model, blocks, budget, earlier undecided pairs, seed and as-of day, as canonical JSON. */
  @Column('jsonb') settings!: Record<string, unknown>;
  /** Generated ids and versions of the rows of the snapshot, in its order. */
  @Column('bytea') ids!: Buffer;
}

/** The list that selection hands to publication; deleted with it. Rows named `score` are of versions that kept scores. */
@Entity({ name: 'run_step' })
@ForeignKey(() => Run, ['territoryId', 'runId'], ['territoryId', 'id'], { name: 'fk_run_step_run' })
export class RunStep {
  @PrimaryColumn('uuid') runId!: string;
  @PrimaryColumn('text') step!: 'score' | 'select';
  @Column('uuid') territoryId!: string;
  @Column('bytea') result!: Buffer;
}

export type CandidateKind = 'listed' | 'audit' | 'by-hand';

/** A pair's appearance in one run (or a lead made by hand): never changed after publication. */
@Entity({ name: 'candidate' })
@Unique(['territoryId', 'id'])
@Unique(['runId', 'rank'])
@Unique(['runId', 'pairId'])
@ForeignKey(() => Pair, ['territoryId', 'pairId'], ['territoryId', 'id'], { name: 'fk_candidate_pair' })
@ForeignKey(() => Run, ['territoryId', 'runId'], ['territoryId', 'id'], { name: 'fk_candidate_run' })
@Check('ck_candidate_kind', "kind in ('listed','audit','by-hand')")
@Index('ix_candidate_pair', ['pairId'])
export class Candidate {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') pairId!: string;
  /** Null for a lead made by hand. */
  @Column('uuid', { nullable: true }) runId!: string | null;
  @Column('text') kind!: CandidateKind;
  /** From 1 within its run; null by hand. */
  @Column('integer', { nullable: true }) rank!: number | null;
  @Column('text') week!: string;
  @Column('double precision', { nullable: true }) z!: number | null;
  @Column('double precision', { nullable: true }) points!: number | null;
  /** Null until calibrated (promise P7). */
  @Column('double precision', { nullable: true }) probability!: number | null;
  /** Chance that this candidate was shown: 1 for listed ones, the recorded draw for the audit slice. */
  @Column('double precision', { nullable: true }) inclusionProbability!: number | null;
  @Column('text', { nullable: true }) substitution!: string | null;
  @Column('double precision', { nullable: true }) distanceKm!: number | null;
  /** Feature values, parts of the waterfall, questions, caps that acted, ring: all that QUALITY section 5 asks to keep. */
  @Column('jsonb') features!: Record<string, unknown>;
  @Column('jsonb') parts!: unknown[];
  @Column('jsonb') questions!: string[];
  @Column('jsonb') capsActed!: string[];
  @Column('text', { nullable: true }) ring!: string | null;
  /** Gates taken past by hand. */
  @Column('jsonb', { default: [] }) gatesPassed!: string[];
  @Column('text', { nullable: true }) byHandReason!: string | null;
  @Column('integer') outputVersion!: number;
  @Column('integer') inputVersion!: number;
  @Column('integer', { nullable: true }) policyVersion!: number | null;
  @Column('integer', { nullable: true }) modelVersion!: number | null;
  /** Why the pair came back after a block: what lifted it. */
  @Column('text', { nullable: true }) returnedBecause!: string | null;
  @Column('timestamptz') publishedAt!: Date;
}

export type CandidateStatus = 'open' | 'decided' | 'expired' | 'replaced';

/** The small mutable row beside a candidate: open or not, whose it is, and where it stands in a list. At most one open candidate a pair. */
@Entity({ name: 'candidate_state' })
@ForeignKey(() => Candidate, ['territoryId', 'candidateId'], ['territoryId', 'id'], { name: 'fk_candidate_state_candidate' })
@Index('uq_candidate_state_open_pair', ['pairId'], { unique: true, where: "status = 'open'" })
@Index('ix_candidate_state_open', ['territoryId', 'assignedTo'], { where: "status = 'open'" })
@Index('ix_candidate_state_week', ['territoryId', 'week', 'rank', 'candidateId'], { where: "status <> 'replaced'" })
@Index('ix_candidate_state_left', ['territoryId', 'negativePoints', 'candidateId', 'week'], { where: "status = 'open'" })
@Check('ck_candidate_state_status', "status in ('open','decided','expired','replaced')")
export class CandidateState {
  @PrimaryColumn('uuid') candidateId!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') pairId!: string;
  @Column('text') status!: CandidateStatus;
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) assignedTo!: string | null;
  /** Counts every change, from 1: the `ETag` that a decision must match. */
  @Column('integer', { default: 1 }) version!: number;
  @Column('timestamptz', { nullable: true }) closedAt!: Date | null;
  /** From here on: what a list goes by, taken from the candidate by a trigger when the row is made, so that a list is found here alone. */
  @Column('text') week!: string;
  /** A million for a lead made by hand: after all others. */
  @Column('integer') rank!: number;
  /** Best first in ascending order, as the tie-breaking id goes; a million for a lead without points. */
  @Column('double precision') negativePoints!: number;
  @Column('double precision', { nullable: true }) probability!: number | null;
  @Column('double precision', { nullable: true }) distanceKm!: number | null;
}

/** How an advisor's time is going, kept for the budget by the rooms that know it (`review`: minutes; `introductions`: mediations). */
@Entity({ name: 'advisor_pace' })
export class AdvisorPace {
  @PrimaryColumn('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @PrimaryColumn('uuid') @ForeignKey(() => Person) personId!: string;
  /** Median minutes a review took; null until measured on at least 20 decisions. */
  @Column('double precision', { nullable: true }) medianReviewMinutes!: number | null;
  @Column('integer', { default: 0 }) openMediations!: number;
}
