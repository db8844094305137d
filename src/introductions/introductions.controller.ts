import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { etag, expectedVersion } from '../platform/http/etag.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { ApproveMessage } from './approve-message.js';
import { board } from './board.queries.js';
import { ChooseFirstSide } from './choose-first-side.js';
import { ChooseWay } from './choose-way.js';
import { EditMessage } from './edit-message.js';
import { IntroductionDetails } from './introduction-details.js';
import {
  AnsweredBody, AnswerRequest, ApprovalRequest, ApprovedBody, Board, BoardQuery, ChangedBody, FirstSideRequest, IntroductionDetail, MessageRequest, OpenedBody, OpenRequest, OutcomeBody,
  OutcomeRequest, SettledBody, SettleRequest, StepRequest, WayRequest, WishRequest,
} from './introductions.dto.js';
import { NoteAnswer } from './note-answer.js';
import { NoteStep } from './note-step.js';
import { NoteWish } from './note-wish.js';
import { OpenIntroduction } from './open-introduction.js';
import { RecallMessage } from './recall-message.js';
import { RecordOutcome } from './record-outcome.js';
import { ReleaseMessage } from './release-message.js';
import { SettleMessage } from './settle-message.js';
import { WithdrawApproval } from './withdraw-approval.js';
import { Knowledge } from '../resources/knowledge.js';

const IF_MATCH = { name: 'If-Match', required: true, description: 'The version that was on screen, as "3". Missing: 428; another one: 412.' };

/** From an accepted lead to two companies that want to meet. */
@ApiTags('introductions')
@Controller('introductions')
export class IntroductionsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly details: IntroductionDetails,
    private readonly openIntroduction: OpenIntroduction,
    private readonly chooseFirstSide: ChooseFirstSide,
    private readonly chooseWay: ChooseWay,
    private readonly editMessage: EditMessage,
    private readonly approveMessage: ApproveMessage,
    private readonly withdrawApproval: WithdrawApproval,
    private readonly releaseMessage: ReleaseMessage,
    private readonly recallMessage: RecallMessage,
    private readonly settleMessage: SettleMessage,
    private readonly noteAnswer: NoteAnswer,
    private readonly noteWish: NoteWish,
    private readonly noteStep: NoteStep,
    private readonly recordOutcome: RecordOutcome,
  ) {}

  @Get()
  @RequirePermission('introduction.read')
  @ApiOperation({ operationId: 'getBoard', summary: 'Mediations with where each has got to; what needs somebody first.' })
  @ApiOkResponse({ type: Board })
  board(@CurrentContext() context: Context, @Query() query: BoardQuery): Promise<Board> {
    return this.unitOfWork.read(context, (tx) => board(tx, this.knowledge, { mine: query.mine === 'true', closed: query.closed === 'true', companyId: query.companyId ?? null }), { across: true });
  }

  @Post()
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'openIntroduction', summary: 'Opens the introduction of an accepted lead, or answers the one that is open.' })
  @ApiCreatedResponse({ type: OpenedBody })
  async open(@CurrentContext() context: Context, @Body() { candidateId }: OpenRequest, @Res({ passthrough: true }) response: Response): Promise<OpenedBody> {
    return tagged(response, await this.openIntroduction.execute(context, candidateId));
  }

  @Get(':id')
  @RequirePermission('introduction.read')
  @ApiOperation({ operationId: 'getIntroduction', summary: 'An introduction with everything that its page shows; its version is the ETag.' })
  @ApiOkResponse({ type: IntroductionDetail })
  async detail(@CurrentContext() context: Context, @Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<IntroductionDetail> {
    return tagged(response, await this.details.read(context, id));
  }

  @Put(':id/first-side')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'chooseFirstSide', summary: 'Which company is asked first.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ChangedBody })
  async firstSide(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: FirstSideRequest, @Res({ passthrough: true }) response: Response): Promise<ChangedBody> {
    return tagged(response, await this.chooseFirstSide.execute(context, id, expectedVersion(ifMatch), body));
  }

  @Put(':id/way')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'chooseWay', summary: 'How a company is asked: by phone, at a visit, by a message.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ChangedBody })
  async way(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: WayRequest, @Res({ passthrough: true }) response: Response): Promise<ChangedBody> {
    return tagged(response, await this.chooseWay.execute(context, id, expectedVersion(ifMatch), body));
  }

  @Put(':id/messages/:messageId')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'editMessage', summary: 'Writes a text anew; an approval is withdrawn by it.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ChangedBody })
  async edit(@CurrentContext() context: Context, @Param('id') id: string, @Param('messageId') messageId: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: MessageRequest, @Res({ passthrough: true }) response: Response): Promise<ChangedBody> {
    return tagged(response, await this.editMessage.execute(context, id, messageId, expectedVersion(ifMatch), body));
  }

  @Put(':id/messages/:messageId/approval')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'approveMessage', summary: 'This very text may go to this very address.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ApprovedBody })
  async approve(@CurrentContext() context: Context, @Param('id') id: string, @Param('messageId') messageId: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: ApprovalRequest, @Res({ passthrough: true }) response: Response): Promise<ApprovedBody> {
    return tagged(response, await this.approveMessage.execute(context, id, messageId, expectedVersion(ifMatch), body));
  }

  @Delete(':id/messages/:messageId/approval')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'withdrawApproval', summary: 'Takes an approval back, while the text was not released.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ChangedBody })
  async withdraw(@CurrentContext() context: Context, @Param('id') id: string, @Param('messageId') messageId: string, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) response: Response): Promise<ChangedBody> {
    return tagged(response, await this.withdrawApproval.execute(context, id, messageId, expectedVersion(ifMatch)));
  }

  @Put(':id/messages/:messageId/release')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'releaseMessage', summary: 'The second act: the approved text goes out.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ChangedBody })
  async release(@CurrentContext() context: Context, @Param('id') id: string, @Param('messageId') messageId: string, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) response: Response): Promise<ChangedBody> {
    return tagged(response, await this.releaseMessage.execute(context, id, messageId, expectedVersion(ifMatch)));
  }

  @Delete(':id/messages/:messageId/release')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'recallMessage', summary: 'Calls a released text back while it waits to be sent.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ChangedBody })
  async recall(@CurrentContext() context: Context, @Param('id') id: string, @Param('messageId') messageId: string, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) response: Response): Promise<ChangedBody> {
    return tagged(response, await this.recallMessage.execute(context, id, messageId, expectedVersion(ifMatch)));
  }

  @Post(':id/messages/:messageId/settlement')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'settleMessage', summary: 'What an advisor found out of a message in doubt, refused or returned.' })
  @ApiHeader(IF_MATCH)
  @ApiCreatedResponse({ type: SettledBody })
  async settle(@CurrentContext() context: Context, @Param('id') id: string, @Param('messageId') messageId: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: SettleRequest, @Res({ passthrough: true }) response: Response): Promise<SettledBody> {
    return tagged(response, await this.settleMessage.execute(context, id, messageId, expectedVersion(ifMatch), body));
  }

  @Post(':id/answers')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'noteAnswer', summary: 'What a company said on the phone, at a visit or by mail.' })
  @ApiHeader(IF_MATCH)
  @ApiCreatedResponse({ type: AnsweredBody })
  async answer(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: AnswerRequest, @Res({ passthrough: true }) response: Response): Promise<AnsweredBody> {
    return tagged(response, await this.noteAnswer.execute(context, id, expectedVersion(ifMatch), body));
  }

  @Put(':id/wish')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'noteWish', summary: 'Whether a company that was not asked yet wants to work on its flow.' })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ChangedBody })
  async wish(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: WishRequest, @Res({ passthrough: true }) response: Response): Promise<ChangedBody> {
    return tagged(response, await this.noteWish.execute(context, id, expectedVersion(ifMatch), body));
  }

  @Post(':id/steps')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'noteStep', summary: 'Met, trial, realised, dropped with a reason, ended; or a note, a reminder.' })
  @ApiHeader(IF_MATCH)
  @ApiCreatedResponse({ type: ChangedBody })
  async step(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: StepRequest, @Res({ passthrough: true }) response: Response): Promise<ChangedBody> {
    return tagged(response, await this.noteStep.execute(context, id, expectedVersion(ifMatch), body));
  }

  @Post(':id/outcomes')
  @RequirePermission('introduction.edit')
  @ApiOperation({ operationId: 'recordOutcome', summary: 'What a realised synergy brings; said anew it is a correction.' })
  @ApiHeader(IF_MATCH)
  @ApiCreatedResponse({ type: OutcomeBody })
  async outcome(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: OutcomeRequest, @Res({ passthrough: true }) response: Response): Promise<OutcomeBody> {
    return tagged(response, await this.recordOutcome.execute(context, id, expectedVersion(ifMatch), body));
  }
}

/** The version of the answer as its ETag. */
function tagged<Body extends { version: number }>(response: Response, body: Body): Body {
  response.setHeader('ETag', etag(body.version));
  return body;
}
