import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsIn, IsISO8601, IsOptional, IsString, IsUUID, Matches } from 'class-validator';
import { type Language, LANGUAGES, type Role, ROLES } from './access.entities.js';

export class SignInBody {
  @ApiProperty({ type: String, example: 'camille@example.org' }) @IsEmail({ require_tld: false }) email!: string;
  @ApiProperty({ type: String, format: 'password' }) @IsString() password!: string;
}

export class SwitchTerritoryBody {
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID() territoryId!: string;
}

export class SetLanguageBody {
  @ApiProperty({ enum: LANGUAGES }) @IsIn(LANGUAGES) language!: Language;
}

export class ChangePasswordBody {
  @ApiProperty({ type: String, format: 'password' }) @IsString() currentPassword!: string;
  @ApiProperty({ type: String, format: 'password', minLength: 12 }) @IsString() newPassword!: string;
}

export class ResetRequestBody {
  @ApiProperty({ type: String, example: 'camille@example.org' }) @IsEmail({ require_tld: false }) email!: string;
}

export class RedeemBody {
  /** From the link of the mail. */
  @ApiProperty({ type: String }) @IsString() token!: string;
  @ApiProperty({ type: String, format: 'password', minLength: 12 }) @IsString() password!: string;
}

export class TerritoryBody {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ type: String }) slug!: string;
  @ApiProperty({ type: String }) name!: string;
  @ApiProperty({ type: String, example: 'Europe/Paris' }) timeZone!: string;
}

export class SessionPersonBody {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ type: String }) name!: string;
  @ApiProperty({ type: String }) email!: string;
}

/** Who is signed in, where, and what they may do. */
export class SessionBody {
  @ApiProperty({ type: SessionPersonBody }) person!: SessionPersonBody;
  @ApiProperty({ enum: LANGUAGES }) language!: Language;
  @ApiProperty({ type: TerritoryBody }) territory!: TerritoryBody;
  @ApiProperty({ type: [TerritoryBody], description: 'Those one may switch to.' }) territories!: TerritoryBody[];
  @ApiProperty({ enum: ROLES, isArray: true }) roles!: Role[];
  @ApiProperty({ type: [String] }) permissions!: string[];
  @ApiProperty({ type: String, description: 'To be sent as X-CSRF-Token with every request that changes something.' }) csrfToken!: string;
}

const DAY = { message: 'must be a day such as 2026-11-23' };

export class AbsenceRequestBody {
  @ApiProperty({ type: String, format: 'date', example: '2026-12-21' }) @Matches(/^\d{4}-\d{2}-\d{2}$/, DAY) @IsISO8601({ strict: true }, DAY) fromDay!: string;
  @ApiProperty({ type: String, format: 'date', example: '2027-01-02', description: 'The last day, included.' }) @Matches(/^\d{4}-\d{2}-\d{2}$/, DAY) @IsISO8601({ strict: true }, DAY) toDay!: string;
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'An advisor of the territory, who decides meanwhile.' })
  @IsOptional() @IsUUID() delegateId?: string | null;
}

export class AbsenceBody {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ type: String, format: 'uuid' }) personId!: string;
  @ApiProperty({ type: String, format: 'date' }) fromDay!: string;
  @ApiProperty({ type: String, format: 'date' }) toDay!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) delegateId!: string | null;
}

export class MadeAbsenceBody {
  @ApiProperty({ type: String, format: 'uuid' }) absenceId!: string;
}
