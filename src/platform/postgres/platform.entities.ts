import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A job that a transaction caused, written in that transaction. The relay hands it to the queue; `dispatchedAt` null
 * means "still to do". Ids only in the payload: the queue's tables have no row-level security.
 */
@Entity({ name: 'outbox_entry' })
@Index('ix_outbox_entry_waiting', ['id'], { where: 'dispatched_at IS NULL' })
export class OutboxEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id!: string;
  @Column('uuid', { nullable: true }) territoryId!: string | null;
  @Column('text') name!: string;
  @Column('jsonb') payload!: Record<string, unknown>;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) dispatchedAt!: Date | null;
}

/** Append-only trail (promise P3): who, when, what, on which version, and what was shown. Grants and a trigger refuse update and delete. */
@Entity({ name: 'audit_event' })
@Index('ix_audit_event_subject', ['territoryId', 'subjectType', 'subjectId', 'at'])
export class AuditEvent {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid', { nullable: true }) territoryId!: string | null;
  @Column('timestamptz') at!: Date;
  /** Null: the system itself (a scheduled run). */
  @Column('uuid', { nullable: true }) personId!: string | null;
  @Column('text') action!: string;
  @Column('text') subjectType!: string;
  @Column('text') subjectId!: string;
  @Column('jsonb', { default: {} }) data!: Record<string, unknown>;
  @Column('text', { nullable: true }) requestId!: string | null;
}

/** A mail to one of our own people (invitation, reset, digest), by person id and template; the text is made when it is sent. */
@Entity({ name: 'staff_mail' })
@Index('ix_staff_mail_waiting', ['createdAt'], { where: "state = 'queued'" })
export class StaffMail {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid', { nullable: true }) territoryId!: string | null;
  @Column('uuid') personId!: string;
  @Column('text') template!: string;
  @Column('jsonb', { default: {} }) params!: Record<string, unknown>;
  @Column('text', { default: 'queued' }) state!: 'queued' | 'sent' | 'failed';
  @Column('integer', { default: 0 }) attempts!: number;
  @Column('text', { nullable: true }) lastError!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) sentAt!: Date | null;
}
