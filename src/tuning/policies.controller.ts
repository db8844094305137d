import { Body, Controller, Get, Headers, HttpCode, Param, ParseIntPipe, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import { type PolicyDocumentRow, policyVersion, policyVersions, type PolicyVersionRow } from '../matching/policy-versions.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { ChangePolicy } from './change-policy.js';
import { ActivationBody, PolicyDocumentBody, PolicyEditBody, PolicyVersionBody, PolicyVersionsBody, PolicyVersionsQuery, RollBackBody } from './policies.dto.js';

const IF_MATCH = { name: 'If-Match', required: true, description: 'The draft\'s tag that was on screen, in quotes. Missing: 428; another one: 412.' };

/** The policy: thresholds, radii, weights, gates, caps, as versions. */
@ApiTags('policies')
@Controller('policies')
export class PoliciesController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly changePolicy: ChangePolicy,
  ) {}

  @Get()
  @RequirePermission('policy.read')
  @ApiOperation({ operationId: 'listPolicies', summary: 'Versions of the policy, the newest first.' })
  @ApiOkResponse({ type: PolicyVersionsBody })
  async list(@CurrentContext() context: Context, @Query() { before, limit }: PolicyVersionsQuery): Promise<PolicyVersionsBody> {
    const rows = await this.unitOfWork.read(context, (tx) => policyVersions(tx, before ?? null, limit + 1));
    const shown = rows.slice(0, limit);
    return { versions: shown.map(versionBody), next: rows.length > limit ? (shown.at(-1)?.version ?? null) : null };
  }

  @Get(':version')
  @RequirePermission('policy.read')
  @ApiOperation({ operationId: 'getPolicy', summary: 'A version with its document.' })
  @ApiOkResponse({ type: PolicyDocumentBody })
  async get(@CurrentContext() context: Context, @Param('version', ParseIntPipe) version: number, @Res({ passthrough: true }) response: Response): Promise<PolicyDocumentBody> {
    return answer(response, await this.unitOfWork.read(context, (tx) => policyVersion(tx, version)));
  }

  @Post()
  @RequirePermission('policy.edit')
  @ApiOperation({ operationId: 'draftPolicy', summary: 'A draft with the document of the active version.' })
  @ApiCreatedResponse({ type: PolicyDocumentBody })
  async draft(@CurrentContext() context: Context, @Res({ passthrough: true }) response: Response): Promise<PolicyDocumentBody> {
    return answer(response, await this.changePolicy.draft(context));
  }

  @Put(':version')
  @RequirePermission('policy.edit')
  @ApiOperation({ operationId: 'editPolicy', summary: 'Replaces the document of a draft.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: PolicyDocumentBody })
  async edit(
    @CurrentContext() context: Context, @Param('version', ParseIntPipe) version: number, @Headers('if-match') ifMatch: string | undefined,
    @Body() body: PolicyEditBody, @Res({ passthrough: true }) response: Response,
  ): Promise<PolicyDocumentBody> {
    return answer(response, await this.changePolicy.edit(context, version, expectedTag(ifMatch), body.document));
  }

  @Post(':version/activation')
  @HttpCode(200)
  @RequirePermission('policy.edit')
  @ApiOperation({ operationId: 'activatePolicy', summary: 'Makes a draft the active version, from the next run on.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: PolicyDocumentBody })
  async activate(
    @CurrentContext() context: Context, @Param('version', ParseIntPipe) version: number, @Headers('if-match') ifMatch: string | undefined,
    @Body() body: ActivationBody, @Res({ passthrough: true }) response: Response,
  ): Promise<PolicyDocumentBody> {
    return answer(response, await this.changePolicy.activate(context, version, expectedTag(ifMatch), body.note, body.replaces ?? null));
  }

  @Post(':version/roll-back')
  @RequirePermission('policy.edit')
  @ApiOperation({ operationId: 'rollBackPolicy', summary: 'Takes an earlier version up again, as a new one.' })
  @ApiCreatedResponse({ type: PolicyDocumentBody })
  async rollBack(@CurrentContext() context: Context, @Param('version', ParseIntPipe) version: number, @Body() body: RollBackBody, @Res({ passthrough: true }) response: Response): Promise<PolicyDocumentBody> {
    return answer(response, await this.changePolicy.rollBack(context, version, body.note, body.replaces));
  }
}

/** A draft has no counter: its tag is a hash of what it says. @throws Problem 428, 400 */
function expectedTag(header: string | undefined): string {
  if (header === undefined) throw new Problem(428, 'if-match-missing', 'Send If-Match with the ETag you were shown.');
  const match = /^"([0-9a-f]{16})"$/.exec(header.trim());
  if (!match) throw new Problem(400, 'if-match-malformed', `If-Match holds ${JSON.stringify(header.slice(0, 40))}; expected the ETag of a draft.`);
  return match[1];
}

function versionBody(row: PolicyVersionRow): PolicyVersionBody {
  return { ...row, createdAt: row.createdAt.toISOString(), activatedAt: row.activatedAt?.toISOString() ?? null };
}

function answer(response: Response, row: PolicyDocumentRow): PolicyDocumentBody {
  response.setHeader('ETag', `"${row.tag}"`);
  return { ...row, ...versionBody(row) };
}
