import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { SignedIn } from '../access/permission.guard.js';
import { notFound } from '../platform/problem.js';
import { Knowledge } from './knowledge.js';
import { choiceLabel, unitSign } from './quality-words.js';
import { BASE_UNITS, type BaseUnit, FAMILIES, type Family, FORMS, type Form, type QualityAttribute } from './resource-catalogue.js';
import { categorySuggester, SUGGESTION_QUESTIONS, type SuggestionQuestion } from './suggest-category.js';
import { normaliseWasteCode } from './waste-code.js';
import { foldAccents } from './words.js';

export class LabelsView {
  @ApiProperty({ type: String }) fr!: string;
  @ApiProperty({ type: String }) en!: string;
}

export class QualityChoiceView {
  @ApiProperty({ type: String }) value!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
}

export class QualityAttributeView {
  @ApiProperty({ type: String }) slug!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ enum: ['number', 'boolean', 'choice'] }) type!: QualityAttribute['type'];
  @ApiPropertyOptional({ type: String, description: 'Of a number.' }) unit?: string;
  @ApiProperty({ type: String, description: 'The unit as people write it; empty: none.' }) unitSign!: string;
  @ApiProperty({ type: [QualityChoiceView], description: 'Of a choice.' }) choices!: QualityChoiceView[];
}

export class CategoryView {
  @ApiProperty({ type: String }) slug!: string;
  @ApiProperty({ enum: FAMILIES }) family!: Family;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ type: [String], description: 'Synonyms, both languages.' }) synonyms!: string[];
  @ApiProperty({ enum: FORMS }) form!: Form;
  @ApiProperty({ enum: BASE_UNITS, description: 'A quantity is kept in this unit a year.' }) baseUnit!: BaseUnit;
  @ApiProperty({ type: Boolean, description: 'Mass and volume can be converted.' }) hasDensity!: boolean;
  @ApiProperty({ type: [String] }) usualWasteCodes!: string[];
  @ApiProperty({ type: [String], description: 'Slugs of the quality attributes that decide.' }) attributes!: string[];
}

export class CategoriesView {
  @ApiProperty({ type: [CategoryView] }) categories!: CategoryView[];
  @ApiProperty({ type: [QualityAttributeView] }) qualityAttributes!: QualityAttributeView[];
}

export class CategoriesQuery {
  @ApiPropertyOptional({ enum: FAMILIES }) @IsOptional() @IsIn(FAMILIES) family?: Family;
}

export class WasteCodesQuery {
  @ApiPropertyOptional({ type: String, description: 'First digits of a code, or words of its label in either language, all of which must be there.' })
  @IsOptional() @IsString() @MaxLength(200) q?: string;
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 900, default: 50 })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(900) limit?: number;
}

export class WasteCodeView {
  @ApiProperty({ type: String, example: '200108' }) code!: string;
  @ApiProperty({ type: Boolean }) hazardous!: boolean;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ type: [String], description: 'Codes of the same matter with the other hazard.' }) mirrors!: string[];
}

export class SuggestionQuery {
  @ApiProperty({ type: String, description: 'The words of the flow, French or English, as far as they are typed.' })
  @IsString() @MaxLength(2000) text!: string;
  @ApiPropertyOptional({ enum: ['output', 'input'] }) @IsOptional() @IsIn(['output', 'input']) direction?: 'output' | 'input';
  @ApiPropertyOptional({ type: String, description: 'Code of the European List of Waste, where one is known.' })
  @IsOptional() @IsString() @MaxLength(20) wasteCode?: string;
  @ApiPropertyOptional({ type: String, description: 'NAF class of the site.' }) @IsOptional() @IsString() @MaxLength(10) naf?: string;
  @ApiPropertyOptional({ type: String, description: 'Unit of the quantity: what is counted in MWh is energy.' }) @IsOptional() @IsString() @MaxLength(40) unit?: string;
}

export class SuggestedCategoryView {
  @ApiProperty({ type: String }) slug!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ type: Number, minimum: 0, maximum: 1, description: 'Chance that this is the right category.' }) confidence!: number;
  @ApiProperty({ type: 'object', additionalProperties: { oneOf: [{ type: 'number' }, { type: 'boolean' }, { type: 'string' }] }, description: 'Quality attributes that the words state, by slug.' })
  quality!: Record<string, number | boolean | string>;
}

export class SuggestedWasteCodeView {
  @ApiProperty({ type: String, example: '200108' }) code!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ type: Number, minimum: 0, maximum: 1 }) confidence!: number;
}

export class SuggestionsView {
  @ApiProperty({ type: [SuggestedCategoryView], description: 'Best first.' }) categories!: SuggestedCategoryView[];
  @ApiProperty({ type: [SuggestedWasteCodeView], description: 'Best first, for an output without a code.' }) wasteCodes!: SuggestedWasteCodeView[];
  @ApiProperty({ enum: SUGGESTION_QUESTIONS, nullable: true, description: 'Why nothing is suggested; null where the words were understood.' })
  question!: SuggestionQuestion | null;
}

/** What forms choose from: the same for everyone, so whoever is signed in may read it. */
@ApiTags('resources')
@Controller()
export class ResourcesController {
  constructor(private readonly knowledge: Knowledge) {}

  @Get('categories')
  @SignedIn()
  @ApiOperation({ summary: 'Resource categories, replaced ones left out, and the quality attributes they use.' })
  @ApiOkResponse({ type: CategoriesView })
  categories(@Query() { family }: CategoriesQuery): CategoriesView {
    const { categories, qualityAttributes } = this.knowledge.catalogue;
    return {
      qualityAttributes: qualityAttributes.map((attribute) => ({
        slug: attribute.slug, label: attribute.label, type: attribute.type, unit: attribute.unit, unitSign: unitSign(attribute.unit),
        choices: (attribute.values ?? []).map((value) => ({ value, label: choiceLabel(attribute, value) })),
      })),
      categories: categories.filter((category) => !category.replacedBy && (family === undefined || category.family === family)).map((category) => ({
        slug: category.slug, family: category.family, label: category.label, synonyms: [...category.synonyms.fr, ...category.synonyms.en],
        form: category.form, baseUnit: category.baseUnit, hasDensity: category.density !== undefined, usualWasteCodes: category.usualWasteCodes, attributes: category.attributes,
      })),
    };
  }

  @Get('categories/suggestions')
  @SignedIn()
  @ApiOperation({ summary: 'Categories, stated qualities and waste codes that words may mean, as they are typed. A person confirms.' })
  @ApiOkResponse({ type: SuggestionsView })
  suggestions(@Query() query: SuggestionQuery): SuggestionsView {
    const { categories, wasteCodes, question } = categorySuggester(this.knowledge).suggest(query);
    return {
      categories: categories.map(({ category: { slug, label }, confidence, quality }) => ({ slug, label, confidence, quality })),
      wasteCodes: wasteCodes.map(({ code: { code, label }, confidence }) => ({ code, label, confidence })),
      question,
    };
  }

  @Get('waste-codes')
  @SignedIn()
  @ApiOperation({ summary: 'Codes of the European List of Waste, in its order.' })
  @ApiOkResponse({ type: [WasteCodeView] })
  wasteCodes(@Query() { q = '', limit = 50 }: WasteCodesQuery): WasteCodeView[] {
    const digits = q.replaceAll(/[\s.*-]/g, '');
    const words = foldAccents(q).split(/\s+/).filter((word) => word !== '');
    const matches = /^[0-9]+$/.test(digits)
      ? this.knowledge.wasteCodes.filter(({ code }) => code.startsWith(digits))
      : this.knowledge.wasteCodes.filter(({ label }) => {
        const text = foldAccents(`${label.fr} ${label.en}`);
        return words.every((word) => text.includes(word));
      });
    return matches.slice(0, limit);
  }

  @Get('waste-codes/:code')
  @SignedIn()
  @ApiOkResponse({ type: WasteCodeView })
  wasteCode(@Param('code') text: string): WasteCodeView {
    const code = this.knowledge.wasteCode(normaliseWasteCode(text)?.code ?? '');
    if (!code) throw notFound('waste code');
    return code;
  }
}
