import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNumber, IsOptional, IsString, IsUUID, Max, MaxLength, Min } from 'class-validator';

// One decorator for a field's rule at the border and its documentation. What the words mean is checked by the drafts.

/** Text that may be absent (kept as it is) or null (cleared). */
export const OptionalText = (description?: string, longest = 2000): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ type: String, nullable: true, description, maxLength: longest }), IsOptional(), IsString(), MaxLength(longest));

export const OptionalNumber = (description?: string): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ type: Number, nullable: true, description }), IsOptional(), IsNumber());

export const OptionalBoolean = (description?: string): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ type: Boolean, nullable: true, description }), IsOptional(), IsBoolean());

export const OptionalId = (description?: string, options: ApiPropertyOptions = {}): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ ...options, type: String, format: 'uuid', description } as ApiPropertyOptions), IsOptional(), IsUUID('all'));

/** Of an answer: text that may be null. */
export const NullableText = (description?: string): PropertyDecorator => ApiProperty({ type: String, nullable: true, description });

export const Id = (description?: string): PropertyDecorator => ApiProperty({ type: String, format: 'uuid', description });

/** Asks for a page of a list. */
export class PageQuery {
  @ApiPropertyOptional({ type: String, description: '`next` of the page before.' })
  @IsOptional() @IsString() @MaxLength(4000)
  after?: string;

  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 200, default: 50 })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(200)
  limit = 50;
}

export class CreatedView {
  @Id() id!: string;
}
