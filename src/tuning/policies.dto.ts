import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsObject, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const NULL_NUMBER = { type: Number, nullable: true } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const POLICY_STATES = ['draft', 'active', 'retired'] as const;

export class PolicyCreator {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty(NULL_TEXT) name!: string | null;
}

export class PolicyVersionBody {
  @ApiProperty({ type: Number }) version!: number;
  @ApiProperty({ enum: POLICY_STATES }) state!: (typeof POLICY_STATES)[number];
  @ApiProperty(NULL_TEXT) note!: string | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Version that it was taken from.' }) basedOn!: number | null;
  @ApiProperty({ type: PolicyCreator, nullable: true, description: 'Null: it came with the program.' }) createdBy!: PolicyCreator | null;
  @ApiProperty({ type: String, format: 'date-time' }) createdAt!: string;
  @ApiProperty({ ...NULL_TEXT, format: 'date-time' }) activatedAt!: string | null;
}

export class PolicyDocumentBody extends PolicyVersionBody {
  @ApiProperty({ type: Object, additionalProperties: true, description: 'Weights, thresholds, gates, budget, caps.' }) document!: object;
  @ApiProperty({ type: String, description: 'Send it as If-Match, in quotes, to edit or activate.' }) tag!: string;
}

export class PolicyVersionsBody {
  @ApiProperty({ type: [PolicyVersionBody] }) versions!: PolicyVersionBody[];
  @ApiProperty({ ...NULL_NUMBER, description: 'Give as `before` for the next page.' }) next!: number | null;
}

export class PolicyVersionsQuery {
  @ApiPropertyOptional({ type: Number, description: 'Versions under this one only.' }) @IsOptional() @Type(() => Number) @IsInt() @Min(1) before?: number;
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 100, default: 20 }) @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit = 20;
}

export class PolicyEditBody {
  @ApiProperty({ type: Object, additionalProperties: true }) @IsObject() document!: object;
}

export class ActivationBody {
  @ApiProperty({ type: String, description: 'What changes, and why.' }) @IsString() @IsNotEmpty() @MaxLength(2_000) note!: string;
  @ApiPropertyOptional({ type: Number, description: 'Active version that is known to be replaced; absent: the one that the draft was made from.' }) @IsOptional() @IsInt() @Min(1) replaces?: number;
}

export class RollBackBody {
  @ApiProperty({ type: String, description: 'Why.' }) @IsString() @IsNotEmpty() @MaxLength(2_000) note!: string;
  @ApiProperty({ type: Number, description: 'Version that is known to be active.' }) @IsInt() @Min(1) replaces!: number;
}
