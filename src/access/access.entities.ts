import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A territory held by a chamber, an agency or an intercommunalité: the unit of confidentiality. */
@Entity({ name: 'territory' })
@Unique(['slug'])
export class Territory {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  /** Stable, lower case; part of every natural key. */
  @Column('text') slug!: string;
  @Column('text') name!: string;
  /** IANA name; the week and Monday 06:00 are counted in it. */
  @Column('text', { default: 'Europe/Paris' }) timeZone!: string;
  @Column('timestamptz') createdAt!: Date;
}

export const LANGUAGES = ['fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One of our own people. Companies' contact people have no account. */
@Entity({ name: 'person' })
@Unique(['email'])
@Check('ck_person_email_lower', 'email = lower(email)')
export class Person {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('text') email!: string;
  @Column('text') name!: string;
  /** argon2id; null until the invitation is answered. */
  @Column('text', { nullable: true }) passwordHash!: string | null;
  @Column('text', { default: 'fr' }) language!: Language;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) disabledAt!: Date | null;
}

export const ROLES = ['advisor', 'analyst', 'contributor', 'administrator', 'partner'] as const;
export type Role = (typeof ROLES)[number];

@Entity({ name: 'membership' })
@Check('ck_membership_role', "role in ('advisor','analyst','contributor','administrator','partner')")
@Check('ck_membership_weekly_minutes', 'weekly_minutes is null or weekly_minutes between 0 and 2400')
export class Membership {
  @PrimaryColumn('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @PrimaryColumn('uuid') @ForeignKey(() => Person) personId!: string;
  @PrimaryColumn('text') role!: Role;
  /** Minutes a week an advisor gives to the list; null: the policy's. */
  @Column('integer', { nullable: true }) weeklyMinutes!: number | null;
}

/** While somebody is away, the delegate gets and decides what is assigned to them. Days inclusive, in the territory's time zone. */
@Entity({ name: 'absence' })
@Check('ck_absence_days', 'from_day <= to_day')
@Index('ix_absence_person', ['territoryId', 'personId', 'toDay'])
export class Absence {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @Column('uuid') @ForeignKey(() => Person) personId!: string;
  @Column('date') fromDay!: string;
  @Column('date') toDay!: string;
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) delegateId!: string | null;
}

/** Two territories see each other's flows for suggestions only while both have signed and neither has ended it. */
@Entity({ name: 'territory_agreement' })
@Check('ck_territory_agreement_order', 'territory_a_id < territory_b_id')
export class TerritoryAgreement {
  @PrimaryColumn('uuid') @ForeignKey(() => Territory) territoryAId!: string;
  @PrimaryColumn('uuid') @ForeignKey(() => Territory) territoryBId!: string;
  @Column('timestamptz', { nullable: true }) signedByAAt!: Date | null;
  @Column('timestamptz', { nullable: true }) signedByBAt!: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
}

/** An invitation or a password reset: a link that works once. Only the SHA-256 of the token is kept. */
@Entity({ name: 'access_token' })
export class AccessToken {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('text') kind!: 'invitation' | 'password-reset';
  @Column('uuid') @ForeignKey(() => Person) personId!: string;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) usedAt!: Date | null;
}

/** Server-side sessions, in the shape connect-pg-simple asks for. */
@Entity({ name: 'session' })
@Index('ix_session_expire', ['expire'])
export class Session {
  @PrimaryColumn('text') sid!: string;
  @Column('jsonb') sess!: Record<string, unknown>;
  @Column('timestamptz') expire!: Date;
}
