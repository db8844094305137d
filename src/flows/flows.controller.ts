import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { etag, expectedVersion } from '../platform/http/etag.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { ConfirmFlow } from './confirm-flow.js';
import { EditFlow } from './edit-flow.js';
import { valuesOf } from './flow-record.js';
import { FlowHistoryQuery, FlowPatchBody, FlowsPage, FlowsQuery, FlowVersionOnlyView, FlowVersionView, FlowView, NewFlowBody, RecordedFlowView, WishBody } from './flows.dto.js';
import { flowHistory, type PlacedFlow, readFlow, searchFlows } from './flows.queries.js';
import { RecordFlow } from './record-flow.js';
import { RestoreFlow } from './restore-flow.js';
import { WithdrawFlow } from './withdraw-flow.js';

function flowView({ flow, place }: PlacedFlow): FlowView {
  return { id: flow.id, version: flow.version, ...valuesOf(flow), withdrawnAt: flow.withdrawnAt, updatedAt: flow.updatedAt, place };
}

const IF_MATCH = { name: 'If-Match', required: true, description: 'The ETag that was shown with the flow: its version in quotes. Another version: 412.' };

@ApiTags('flows')
@Controller('flows')
export class FlowsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly recordFlow: RecordFlow,
    private readonly editFlow: EditFlow,
    private readonly confirmFlow: ConfirmFlow,
    private readonly withdrawFlow: WithdrawFlow,
    private readonly restoreFlow: RestoreFlow,
  ) {}

  @Get()
  @RequirePermission('flow.read')
  @ApiOperation({ summary: 'Flows of the territory in the order of their references.' })
  @ApiOkResponse({ type: FlowsPage })
  async search(@CurrentContext() context: Context, @Query() { q, ...query }: FlowsQuery): Promise<FlowsPage> {
    const page = await this.unitOfWork.read(context, (tx) => searchFlows(tx, { ...query, text: q }));
    return { rows: page.rows.map(flowView), next: page.next };
  }

  @Get(':id')
  @RequirePermission('flow.read')
  @ApiOkResponse({ type: FlowView })
  async read(@CurrentContext() context: Context, @Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<FlowView> {
    const found = await this.unitOfWork.read(context, (tx) => readFlow(tx, id));
    response.setHeader('ETag', etag(found.flow.version));
    return flowView(found);
  }

  @Get(':id/history')
  @RequirePermission('flow.read')
  @ApiOperation({ summary: 'What the flow was, version by version, the newest first.' })
  @ApiOkResponse({ type: [FlowVersionView] })
  history(@CurrentContext() context: Context, @Param('id') id: string, @Query() { before, limit }: FlowHistoryQuery): Promise<FlowVersionView[]> {
    return this.unitOfWork.read(context, (tx) => flowHistory(tx, id, before ?? null, limit));
  }

  @Post()
  @RequirePermission('flow.edit')
  @ApiCreatedResponse({ type: RecordedFlowView })
  @ApiOkResponse({ type: RecordedFlowView, description: 'This very request had been carried out before.' })
  async record(@CurrentContext() context: Context, @Body() body: NewFlowBody, @Res({ passthrough: true }) response: Response): Promise<RecordedFlowView> {
    const recorded = await this.recordFlow.execute(context, body);
    response.status(recorded.created ? 201 : 200).setHeader('ETag', etag(recorded.version));
    return recorded;
  }

  @Patch(':id')
  @RequirePermission('flow.edit')
  @ApiOperation({ summary: 'Absent fields stay, null clears.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: FlowVersionOnlyView })
  async edit(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: FlowPatchBody, @Res({ passthrough: true }) response: Response): Promise<FlowVersionOnlyView> {
    return tagged(response, await this.editFlow.execute(context, id, expectedVersion(ifMatch), body));
  }

  @Put(':id/wish')
  @RequirePermission('flow.edit')
  @ApiOperation({ summary: "The company's wish for this flow." })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: FlowVersionOnlyView })
  async wish(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() { wish }: WishBody, @Res({ passthrough: true }) response: Response): Promise<FlowVersionOnlyView> {
    return tagged(response, await this.editFlow.execute(context, id, expectedVersion(ifMatch), { wish: wish ?? null }));
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @RequirePermission('flow.edit')
  @ApiOperation({ summary: 'The flow is still as it stands, today.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: FlowVersionOnlyView })
  async confirm(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) response: Response): Promise<FlowVersionOnlyView> {
    return tagged(response, await this.confirmFlow.execute(context, id, expectedVersion(ifMatch)));
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @RequirePermission('flow.edit')
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: FlowVersionOnlyView })
  async withdraw(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) response: Response): Promise<FlowVersionOnlyView> {
    return tagged(response, await this.withdrawFlow.execute(context, id, expectedVersion(ifMatch)));
  }

  @Post(':id/restore')
  @HttpCode(200)
  @RequirePermission('flow.edit')
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: FlowVersionOnlyView })
  async restore(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) response: Response): Promise<FlowVersionOnlyView> {
    return tagged(response, await this.restoreFlow.execute(context, id, expectedVersion(ifMatch)));
  }
}

function tagged(response: Response, answer: FlowVersionOnlyView): FlowVersionOnlyView {
  response.setHeader('ETag', etag(answer.version));
  return answer;
}
