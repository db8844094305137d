import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import { policyVersion } from '../matching/policy-versions.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { readerOf } from '../review/weekly-list.queries.js';
import { Wordings } from '../review/words.js';
import { policyDifferences } from './difference.js';
import { DifferencesQuery, EvidenceBody, EvidenceQuery, PolicyDifferences, TunedCategories } from './evidence.dto.js';
import { evidence, tunedCategories } from './evidence.queries.js';
import { PolicyPreview, PreviewBody } from './preview.dto.js';
import { PreviewPolicy } from './preview-policy.js';

/** What an analyst sees before a policy takes effect: companies under pseudonyms. */
@ApiTags('tuning')
@Controller('tuning')
export class TuningController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly wordings: Wordings,
    private readonly previewPolicy: PreviewPolicy,
  ) {}

  @Post('preview')
  @HttpCode(200)
  @RequirePermission('tuning.preview')
  @ApiOperation({ operationId: 'previewPolicy', summary: 'The last lists made again under a policy and under the version held against.' })
  @ApiOkResponse({ type: PolicyPreview })
  preview(@CurrentContext() context: Context, @Body() { document, against, runs }: PreviewBody): Promise<PolicyPreview> {
    return this.previewPolicy.execute(context, { document, against: against ?? null, runs });
  }

  @Get('evidence')
  @RequirePermission('tuning.preview')
  @ApiOperation({ operationId: 'getEvidence', summary: 'What decisions say: curves against the threshold, reasons by category, reliability.' })
  @ApiOkResponse({ type: EvidenceBody })
  evidence(@CurrentContext() context: Context, @Query() { weeks }: EvidenceQuery): Promise<EvidenceBody> {
    return this.unitOfWork.read(context, async (tx) => evidence(tx, this.knowledge, (await readerOf(tx, this.wordings, this.knowledge)).words, weeks), { across: true });
  }

  @Get('categories')
  @RequirePermission('tuning.preview')
  @ApiOperation({ operationId: 'listTunedCategories', summary: 'Categories that the territory has flows of, with the distances that factors act on.' })
  @ApiOkResponse({ type: TunedCategories })
  categories(@CurrentContext() context: Context): Promise<TunedCategories> {
    return this.unitOfWork.read(context, async (tx) => ({ categories: await tunedCategories(tx, this.knowledge) }));
  }

  @Get('versions/:version/differences')
  @RequirePermission('policy.read')
  @ApiOperation({ operationId: 'comparePolicies', summary: 'What this version has otherwise than another.' })
  @ApiOkResponse({ type: PolicyDifferences })
  differences(@CurrentContext() context: Context, @Param('version', ParseIntPipe) version: number, @Query() { from }: DifferencesQuery): Promise<PolicyDifferences> {
    return this.unitOfWork.read(context, async (tx) => ({ differences: policyDifferences((await policyVersion(tx, from)).document, (await policyVersion(tx, version)).document) }));
  }
}
