import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';
import { Id, NullableText, OptionalBoolean, OptionalId, OptionalNumber, OptionalText, PageQuery } from './fields.dto.js';

export class CompanyBody {
  @OptionalText('Needed for a new company.') name?: string | null;
  @OptionalText('Nine digits, blanks allowed; the natural key where there is one.') siren?: string | null;
  @OptionalText("The sender's own key, for a company without SIREN.") ref?: string | null;
  @OptionalText('NAF rév. 2 sub-class, `11.05Z`.') naf?: string | null;
  @OptionalText('Same value: same group; pairs inside a group are never proposed.') groupRef?: string | null;
  @OptionalId('Advisor who follows the company; absent for a new one: whoever records it, if an advisor.', { nullable: true }) referentId?: string | null;
}

export class NewCompanyBody extends CompanyBody {
  @OptionalId('Made by the sender: the same request sent twice records one company.') id?: string;
}

export class SiteBody {
  @OptionalText('Fourteen digits, blanks allowed.') siret?: string | null;
  @OptionalText("The sender's own key, for a site without SIRET.") ref?: string | null;
  @OptionalText() name?: string | null;
  @OptionalText() naf?: string | null;
  @OptionalText() address?: string | null;
  @OptionalText('Five digits.') postcode?: string | null;
  @OptionalText('INSEE code, `82121`.') communeCode?: string | null;
  @OptionalText() commune?: string | null;
  @OptionalNumber('Degrees, WGS 84; both coordinates or none.') latitude?: number | null;
  @OptionalNumber() longitude?: number | null;
  @OptionalText('ICPE: none, declaration, registration or authorisation.') permitRegime?: string | null;
  @ApiPropertyOptional({ type: [String], description: 'ICPE headings, `2791`.' })
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) @MaxLength(20, { each: true })
  permitHeadings?: string[];
  @OptionalBoolean('May receive hazardous matter; null: not known.') hazardousPermitted?: boolean | null;
}

export class NewSiteBody extends SiteBody {
  @OptionalId('Made by the sender: the same request sent twice records one site.') id?: string;
}

export class ContactBody {
  @OptionalText() name?: string | null;
  @OptionalText() position?: string | null;
  @OptionalText() email?: string | null;
  @OptionalText() phone?: string | null;
  @OptionalText('fr or en.') language?: string | null;
  @OptionalBoolean('No mail may go to this person.') opposedToMail?: boolean | null;
}

export class ConfidentialityAgreementBody {
  @OptionalText('What it covers.') scope?: string | null;
  @OptionalText('Day of signature, `2026-12-31`.') signedOn?: string | null;
  @OptionalText('Last valid day; null: no end.') validUntil?: string | null;
}

export class ConfidentialityAgreementPatch {
  @OptionalText('What it covers.') scope?: string | null;
  @OptionalText('Last valid day; null: no end.') validUntil?: string | null;
}

export class CompaniesQuery extends PageQuery {
  @OptionalText('Part of a name, beginning of a commune, or at least three first digits of a SIREN or SIRET.', 200) q?: string;
  @OptionalText('INSEE code: companies with a site there.', 5) communeCode?: string;
  @OptionalId('Companies that this advisor follows.') referentId?: string;
}

export class CompanyRowView {
  @Id() id!: string;
  @ApiProperty({ type: String }) name!: string;
  @NullableText() siren!: string | null;
  @NullableText() naf!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) referentId!: string | null;
  @NullableText() referentName!: string | null;
  @ApiProperty({ type: Number }) siteCount!: number;
  @ApiProperty({ type: [String] }) communes!: string[];
}

export class CompaniesPage {
  @ApiProperty({ type: [CompanyRowView] }) rows!: CompanyRowView[];
  @NullableText('Send it as `after` for the next page.') next!: string | null;
}

export class SiteView {
  @Id() id!: string;
  @Id() companyId!: string;
  @ApiProperty({ type: String }) ref!: string;
  @NullableText() siret!: string | null;
  @NullableText() name!: string | null;
  @NullableText() naf!: string | null;
  @NullableText() address!: string | null;
  @NullableText() postcode!: string | null;
  @NullableText() communeCode!: string | null;
  @NullableText() commune!: string | null;
  @ApiProperty({ type: Number, nullable: true }) latitude!: number | null;
  @ApiProperty({ type: Number, nullable: true }) longitude!: number | null;
  @ApiProperty({ enum: ['site', 'commune', 'geocoded'], nullable: true }) placeOrigin!: 'site' | 'commune' | 'geocoded' | null;
  @NullableText() permitRegime!: string | null;
  @ApiProperty({ type: [String] }) permitHeadings!: string[];
  @ApiProperty({ type: Boolean, nullable: true }) hazardousPermitted!: boolean | null;
  @ApiProperty({ type: String, format: 'date-time' }) updatedAt!: Date;
}

export class ContactView {
  @Id() id!: string;
  @ApiProperty({ type: String }) name!: string;
  @NullableText() position!: string | null;
  @NullableText() email!: string | null;
  @NullableText() phone!: string | null;
  @ApiProperty({ enum: ['fr', 'en'] }) language!: 'fr' | 'en';
  @ApiProperty({ type: Boolean }) opposedToMail!: boolean;
}

export class ConfidentialityAgreementView {
  @Id() id!: string;
  @ApiProperty({ type: String }) scope!: string;
  @ApiProperty({ type: String, format: 'date' }) signedOn!: string;
  @ApiProperty({ type: String, format: 'date', nullable: true }) validUntil!: string | null;
}

export class ReferentView {
  @Id() id!: string;
  @ApiProperty({ type: String }) name!: string;
}

export class CompanyView {
  @Id() id!: string;
  @ApiProperty({ type: String }) ref!: string;
  @ApiProperty({ type: String }) name!: string;
  @NullableText() siren!: string | null;
  @NullableText() naf!: string | null;
  @ApiProperty({ type: String }) nafRevision!: string;
  @NullableText() groupRef!: string | null;
  @ApiProperty({ type: ReferentView, nullable: true }) referent!: ReferentView | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Set when this was a double: where everything is now.' }) mergedIntoId!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) updatedAt!: Date;
  @ApiProperty({ type: Boolean, description: 'One of the confidentiality agreements is valid today.' }) agreementValid!: boolean;
  @ApiProperty({ type: [SiteView] }) sites!: SiteView[];
  @ApiProperty({ type: [ContactView] }) contacts!: ContactView[];
  @ApiProperty({ type: [ConfidentialityAgreementView] }) agreements!: ConfidentialityAgreementView[];
}

