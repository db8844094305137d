import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsEmail, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, IsUUID, Max, MaxLength, Min } from 'class-validator';
import { type Language, LANGUAGES, type Role, ROLES } from './access.entities.js';
import { AbsenceBody } from './session.dto.js';

const MINUTES = { type: Number, minimum: 0, maximum: 2400, nullable: true, description: 'Of an advisor, minutes a week for the list; null: the policy\'s.' };

export class InviteBody {
  @ApiProperty({ type: String, example: 'camille@example.org' }) @IsEmail({ require_tld: false }) email!: string;
  @ApiProperty({ type: String }) @IsString() @IsNotEmpty() @MaxLength(200) name!: string;
  @ApiProperty({ enum: LANGUAGES }) @IsIn(LANGUAGES) language!: Language;
  @ApiProperty({ enum: ROLES, isArray: true }) @IsArray() @ArrayNotEmpty() @ArrayUnique() @IsIn(ROLES, { each: true }) roles!: Role[];
  @ApiPropertyOptional(MINUTES) @IsOptional() @IsInt() @Min(0) @Max(2400) weeklyMinutes?: number | null;
}

export class MadePersonBody {
  @ApiProperty({ type: String, format: 'uuid' }) personId!: string;
}

export class RolesBody {
  @ApiProperty({ enum: ROLES, isArray: true, description: 'Empty: the person leaves the territory.' }) @IsArray() @ArrayUnique() @IsIn(ROLES, { each: true }) roles!: Role[];
  @ApiPropertyOptional(MINUTES) @IsOptional() @IsInt() @Min(0) @Max(2400) weeklyMinutes?: number | null;
}

export class PeopleQuery {
  @ApiPropertyOptional({ type: String, format: 'uuid', description: '`next` of the page before.' }) @IsOptional() @IsUUID() after?: string;
}

export class PersonBody {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ type: String }) name!: string;
  @ApiProperty({ type: String }) email!: string;
  @ApiProperty({ enum: LANGUAGES }) language!: Language;
  @ApiProperty({ enum: ROLES, isArray: true }) roles!: Role[];
  @ApiProperty(MINUTES) weeklyMinutes!: number | null;
  @ApiProperty({ type: Boolean }) disabled!: boolean;
  @ApiProperty({ enum: ['queued', 'sent', 'failed'], nullable: true, description: 'State of the last invitation mail of this territory.' }) invitation!: 'queued' | 'sent' | 'failed' | null;
  @ApiProperty({ type: [AbsenceBody], description: 'Those that are not over.' }) absences!: AbsenceBody[];
}

export class PeopleBody {
  @ApiProperty({ type: [PersonBody] }) people!: PersonBody[];
  @ApiProperty({ type: String, nullable: true }) next!: string | null;
}

export class AdvisorBody {
  @ApiProperty({ type: String, format: 'uuid' }) personId!: string;
  @ApiProperty({ type: String }) name!: string;
  @ApiProperty(MINUTES) weeklyMinutes!: number | null;
}

export class AgreementBody {
  @ApiProperty({ type: String, format: 'uuid', description: 'The other territory.' }) territoryId!: string;
  @ApiProperty({ type: String }) name!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) signedByUsAt!: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) signedByThemAt!: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) endedAt!: Date | null;
  @ApiProperty({ type: Boolean, description: 'Both have signed and neither has ended it.' }) inForce!: boolean;
}
