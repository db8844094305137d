import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentContext, RequirePermission, SignedIn } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { etag, expectedVersion } from '../platform/http/etag.js';
import { PairExplainer } from '../matching/pair-explainer.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { AssignCandidate } from './assign-candidate.js';
import {
  AssigneeRequest, CandidateDetail, DataTasksBody, DataTasksQuery, DecisionRequest, DecisionResult, LeadRequest, LeadResult, ReasonBody, Surroundings, VersionBody, WhyNotAnswer, WhyNotQuery, WithdrawalQuery, WithdrawalResult,
} from './candidate.dto.js';
import { candidateDetail, readCandidate } from './candidate-detail.queries.js';
import { companyLeads } from './company-leads.queries.js';
import { dataTasks } from './data-tasks.queries.js';
import { DecideCandidate } from './decide-candidate.js';
import { MakeLead } from './make-lead.js';
import { REASONS } from './reasons.js';
import { CompanyLeadsPage, CompanyLeadsQuery, WeeklyList, WeeklyListQuery } from './review.dto.js';
import { neighboursOfLead } from './surroundings.queries.js';
import { decisionView, flowBrief } from './views.js';
import { delegatesToday, listItem, listWeek, readerOf, weeklyList } from './weekly-list.queries.js';
import { whyNot } from './why-not.queries.js';
import { WithdrawDecision } from './withdraw-decision.js';
import { Wordings } from './words.js';

const IF_MATCH = { name: 'If-Match', required: true, description: 'The version that was on screen, as "3". Missing: 428; another one: 412.' };

/** Weekly lists, leads and what advisors say to them. */
@ApiTags('review')
@Controller()
export class CandidatesController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly wordings: Wordings,
    private readonly explainer: PairExplainer,
    private readonly decideCandidate: DecideCandidate,
    private readonly withdrawDecision: WithdrawDecision,
    private readonly assignCandidate: AssignCandidate,
    private readonly makeLead: MakeLead,
  ) {}

  @Get('weekly-list')
  @RequirePermission('list.read')
  @ApiOperation({ operationId: 'getWeeklyList', summary: 'The list of a week, what is undecided of earlier weeks first, then best first.' })
  @ApiOkResponse({ type: WeeklyList })
  list(@CurrentContext() context: Context, @Query() query: WeeklyListQuery): Promise<WeeklyList> {
    return this.unitOfWork.read(context, async (tx) => weeklyList(tx, query, await readerOf(tx, this.wordings, this.knowledge)), { across: true, prepared: true });
  }

  @Get('candidates/:id')
  @RequirePermission('candidate.read')
  @ApiOperation({ operationId: 'getCandidate', summary: 'A lead with everything that its page shows; its version is the ETag.' })
  @ApiOkResponse({ type: CandidateDetail })
  async detail(@CurrentContext() context: Context, @Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<CandidateDetail> {
    const detail = await this.unitOfWork.read(context, async (tx) => candidateDetail(tx, id, await readerOf(tx, this.wordings, this.knowledge)), { across: true });
    response.setHeader('ETag', etag(detail.version));
    return detail;
  }

  @Get('candidates/:id/surroundings')
  @RequirePermission('candidate.read')
  @ApiOperation({ operationId: 'getSurroundings', summary: 'How far the pair of a lead may go, and who else in the territory has or needs the same.' })
  @ApiOkResponse({ type: Surroundings })
  async surroundings(@CurrentContext() context: Context, @Param('id') id: string): Promise<Surroundings> {
    const { row, neighbours } = await this.unitOfWork.read(context, async (tx) => {
      const lead = await readCandidate(tx, id);
      return { row: lead, neighbours: await neighboursOfLead(tx, lead, await readerOf(tx, this.wordings, this.knowledge)) };
    }, { across: true });
    const { reach } = await this.explainer.explain(context, row.output.flowId, row.input.flowId);
    const byQuantity = [row.output, row.input].some(({ category }) => (this.knowledge.category(category)?.pipeReach ?? []).length > 0);
    return { reach: reach === null ? null : { ...reach, byQuantity }, ...neighbours };
  }

  @Post('candidates/:id/decisions')
  @RequirePermission('candidate.decide')
  @ApiOperation({ operationId: 'decideCandidate', summary: 'Accept, reject with a reason, snooze, or cannot say.' })
  @ApiHeader(IF_MATCH)
  @ApiCreatedResponse({ type: DecisionResult })
  async decide(
    @CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: DecisionRequest, @Res({ passthrough: true }) response: Response,
  ): Promise<DecisionResult> {
    const result = await this.decideCandidate.execute(context, id, expectedVersion(ifMatch), body);
    response.setHeader('ETag', etag(result.version));
    return result;
  }

  @Delete('candidates/:id/decision')
  @RequirePermission('candidate.decide')
  @ApiOperation({ operationId: 'withdrawDecision', summary: 'Takes the standing decision back while nothing rests on it.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: WithdrawalResult })
  async withdraw(
    @CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Query() query: WithdrawalQuery, @Res({ passthrough: true }) response: Response,
  ): Promise<WithdrawalResult> {
    const result = await this.withdrawDecision.execute(context, id, expectedVersion(ifMatch), query.withdrawalId);
    response.setHeader('ETag', etag(result.version));
    return result;
  }

  @Put('candidates/:id/assignee')
  @RequirePermission('candidate.decide')
  @ApiOperation({ operationId: 'assignCandidate', summary: 'Gives an open lead to another advisor of the territory.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: VersionBody })
  assign(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: AssigneeRequest): Promise<VersionBody> {
    return this.assignCandidate.execute(context, id, expectedVersion(ifMatch), body.personId);
  }

  @Post('leads')
  @HttpCode(201)
  @RequirePermission('candidate.make')
  @ApiOperation({ operationId: 'makeLead', summary: 'A lead made by hand, also past a gate that is a matter of opinion.' })
  @ApiCreatedResponse({ type: LeadResult })
  lead(@CurrentContext() context: Context, @Body() body: LeadRequest): Promise<LeadResult> {
    return this.makeLead.execute(context, body);
  }

  @Get('companies/:id/leads')
  @RequirePermission('candidate.read')
  @ApiOperation({ operationId: 'getCompanyLeads', summary: 'Leads of a company on either side, the newest first.' })
  @ApiOkResponse({ type: CompanyLeadsPage })
  ofCompany(@CurrentContext() context: Context, @Param('id') id: string, @Query() query: CompanyLeadsQuery): Promise<CompanyLeadsPage> {
    return this.unitOfWork.read(context, async (tx) => {
      const reader = await readerOf(tx, this.wordings, this.knowledge);
      const { rows, next } = await companyLeads(tx, id, query);
      const [week, delegates] = [await listWeek(tx), await delegatesToday(tx, reader.today)];
      return { items: rows.map((row) => listItem(row, week, reader, delegates)), next };
    }, { across: true });
  }

  @Get('why-not')
  @RequirePermission('candidate.read')
  @ApiOperation({ operationId: 'whyNot', summary: 'Why an output and an input are not on the list.' })
  @ApiOkResponse({ type: WhyNotAnswer })
  async whyNot(@CurrentContext() context: Context, @Query() { output, input }: WhyNotQuery): Promise<WhyNotAnswer> {
    const explained = await this.explainer.explain(context, output, input);
    return this.unitOfWork.read(context, async (tx) => whyNot(tx, output, input, explained, await readerOf(tx, this.wordings, this.knowledge)), { across: true });
  }

  @Get('data-tasks')
  @RequirePermission('candidate.read')
  @ApiOperation({ operationId: 'listDataTasks', summary: 'Rejected pairs whose data wants looking at, the newest first.' })
  @ApiOkResponse({ type: DataTasksBody })
  dataTasks(@CurrentContext() context: Context, @Query() query: DataTasksQuery): Promise<DataTasksBody> {
    return this.unitOfWork.read(context, async (tx) => {
      const reader = await readerOf(tx, this.wordings, this.knowledge);
      const { rows, next } = await dataTasks(tx, query);
      const tasks = rows.map((row) => ({
        candidateId: row.id, output: flowBrief(row.output, reader), input: flowBrief(row.input, reader), decision: row.decision === null ? null : decisionView(row.decision, reader),
      }));
      return { tasks, next };
    }, { across: true });
  }

  @Get('reasons')
  @SignedIn()
  @ApiOperation({ operationId: 'getReasons', summary: 'The closed list of reasons for a rejection.' })
  @ApiOkResponse({ type: [ReasonBody] })
  async reasons(@CurrentContext() context: Context): Promise<ReasonBody[]> {
    const { words } = await this.unitOfWork.read(context, (tx) => readerOf(tx, this.wordings, this.knowledge));
    return REASONS.map((reason) => ({
      slug: reason.slug, key: reason.key, label: words.reason(reason.slug), afterwards: words.afterwards(reason), qualitySignal: reason.qualitySignal,
      factor: reason.factor, commentRequired: reason.commentRequired,
    }));
  }
}
