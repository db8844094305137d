import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Person, Territory } from '../access/access.entities.js';

/** An organisation of any kind: firm, hospital, farm, public body, solution provider. */
@Entity({ name: 'company' })
@Unique(['territoryId', 'id'])
@Unique(['territoryId', 'ref'])
@ForeignKey(() => Company, ['territoryId', 'mergedIntoId'], ['territoryId', 'id'], { name: 'fk_company_merged_into' })
@Index('ix_company_merged_into', ['mergedIntoId'], { where: 'merged_into_id IS NOT NULL' })
@Check('ck_company_siren', "siren is null or siren ~ '^[0-9]{9}$'")
export class Company {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  /** Natural key within the territory: the SIREN where there is one, else the importing file's own reference. */
  @Column('text') ref!: string;
  @Column('text', { nullable: true }) siren!: string | null;
  @Column('text') name!: string;
  /** NAF Rev.2 sub-class without dot, `1105Z`. */
  @Column('text', { nullable: true }) naf!: string | null;
  @Column('text', { default: 'NAF2' }) nafRevision!: string;
  /** Same value: same group of companies; pairs inside a group are never proposed. */
  @Column('text', { nullable: true }) groupRef!: string | null;
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) referentId!: string | null;
  /** Set when this was a double: the company it was merged into. */
  @Column('uuid', { nullable: true }) mergedIntoId!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}

@Entity({ name: 'site' })
@Unique(['territoryId', 'id'])
@Unique(['territoryId', 'ref'])
@ForeignKey(() => Company, ['territoryId', 'companyId'], ['territoryId', 'id'], { name: 'fk_site_company' })
@Check('ck_site_siret', "siret is null or siret ~ '^[0-9]{14}$'")
@Check('ck_site_latitude', 'latitude between -90 and 90')
@Check('ck_site_longitude', 'longitude between -180 and 180')
@Index('ix_site_company', ['companyId'])
export class Site {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') companyId!: string;
  /** Natural key within the territory: the SIRET where there is one. */
  @Column('text') ref!: string;
  @Column('text', { nullable: true }) siret!: string | null;
  @Column('text', { nullable: true }) name!: string | null;
  @Column('text', { nullable: true }) naf!: string | null;
  @Column('text', { nullable: true }) address!: string | null;
  @Column('text', { nullable: true }) postcode!: string | null;
  @Column('text', { nullable: true }) communeCode!: string | null;
  @Column('text', { nullable: true }) commune!: string | null;
  /** WGS 84 degrees; null: the site cannot be matched yet. */
  @Column('double precision', { nullable: true }) latitude!: number | null;
  @Column('double precision', { nullable: true }) longitude!: number | null;
  /** How the place is known: `site`, `commune` (centre of the commune), `geocoded`. */
  @Column('text', { nullable: true }) placeOrigin!: 'site' | 'commune' | 'geocoded' | null;
  /** ICPE: `none`, `declaration`, `registration`, `authorisation`; null unknown. */
  @Column('text', { nullable: true }) permitRegime!: string | null;
  /** ICPE headings, e.g. `2791`. */
  @Column('text', { array: true, default: () => "'{}'" }) permitHeadings!: string[];
  /** May receive hazardous matter; null unknown. */
  @Column('boolean', { nullable: true }) hazardousPermitted!: boolean | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}

@Entity({ name: 'contact_person' })
@Unique(['territoryId', 'companyId', 'ref'])
@ForeignKey(() => Company, ['territoryId', 'companyId'], ['territoryId', 'id'], { name: 'fk_contact_person_company' })
export class ContactPerson {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') companyId!: string;
  /** Natural key within the company: the mail address, else the name. */
  @Column('text') ref!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) position!: string | null;
  @Column('text', { nullable: true }) email!: string | null;
  @Column('text', { nullable: true }) phone!: string | null;
  @Column('text', { default: 'fr' }) language!: 'fr' | 'en';
  @Column('boolean', { default: false }) opposedToMail!: boolean;
  @Column('timestamptz') updatedAt!: Date;
}

/** The signed engagement that stands behind each company: without a valid one its flows are not matched (policy). */
@Entity({ name: 'confidentiality_agreement' })
@Unique(['territoryId', 'companyId', 'signedOn'])
@ForeignKey(() => Company, ['territoryId', 'companyId'], ['territoryId', 'id'], { name: 'fk_confidentiality_agreement_company' })
@Check('ck_confidentiality_agreement_days', 'valid_until is null or valid_until >= signed_on')
export class ConfidentialityAgreement {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') companyId!: string;
  @Column('text') scope!: string;
  @Column('date') signedOn!: string;
  @Column('date', { nullable: true }) validUntil!: string | null;
  @Column('timestamptz') updatedAt!: Date;
}
