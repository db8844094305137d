import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Person } from '../access/access.entities.js';
import { Candidate } from '../matching/matching.entities.js';

/** `withdraw` takes the standing decision back (undo); the others are MATCHING section 6. */
export type Verdict = 'accept' | 'reject' | 'snooze' | 'cannot-say' | 'withdraw';

/** What a person said; never edited, a new one supersedes it. Append-only by grant and trigger. */
@Entity({ name: 'decision' })
@Unique(['territoryId', 'id'])
@Unique(['candidateId', 'id', 'verdict'])
@ForeignKey(() => Candidate, ['territoryId', 'candidateId'], ['territoryId', 'id'], { name: 'fk_decision_candidate' })
@Check('ck_decision_verdict', "verdict in ('accept','reject','snooze','cannot-say','withdraw')")
@Check('ck_decision_reason', "(verdict = 'reject') = (reason is not null)")
@Check('ck_decision_comment', "reason is distinct from 'other' or length(trim(comment)) > 0")
@Check('ck_decision_snooze', "(verdict = 'snooze') = (snooze_until is not null)")
@Index('ix_decision_candidate', ['candidateId', 'decidedAt'])
export class Decision {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') candidateId!: string;
  @Column('uuid') @ForeignKey(() => Person) personId!: string;
  @Column('text') verdict!: Verdict;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('text', { nullable: true }) comment!: string | null;
  @Column('date', { nullable: true }) snoozeUntil!: string | null;
  @Column('uuid', { nullable: true }) @ForeignKey(() => Decision) supersedes!: string | null;
  @Column('timestamptz') decidedAt!: Date;
  /** What QUALITY section 5 asks to keep with every decision. */
  @Column('double precision', { nullable: true }) secondsOnScreen!: number | null;
  @Column('jsonb') shown!: Record<string, unknown>;
  @Column('integer') outputVersion!: number;
  @Column('integer') inputVersion!: number;
  @Column('integer', { nullable: true }) policyVersion!: number | null;
  @Column('integer', { nullable: true }) modelVersion!: number | null;
}

/** Which decision counts: one row a candidate, none after an undo. An introduction will need this very row with its verdict. */
@Entity({ name: 'standing_decision' })
@Unique(['candidateId', 'verdict'])
@ForeignKey(() => Decision, ['candidateId', 'decisionId', 'verdict'], ['candidateId', 'id', 'verdict'], { name: 'fk_standing_decision_decision' })
@ForeignKey(() => Candidate, ['territoryId', 'candidateId'], ['territoryId', 'id'], { name: 'fk_standing_decision_candidate' })
export class StandingDecision {
  @PrimaryColumn('uuid') candidateId!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') decisionId!: string;
  @Column('text') verdict!: Exclude<Verdict, 'withdraw'>;
}
