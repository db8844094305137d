import { Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { RequestRun } from './request-run.js';
import { RequestedRunDto, RunDetail, RunsPage, RunsQuery } from './runs.dto.js';
import { getRun, listRuns } from './runs.queries.js';

@ApiTags('runs')
@Controller('runs')
export class RunsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly requestRun: RequestRun,
  ) {}

  @Get()
  @RequirePermission('run.read')
  @ApiOperation({ operationId: 'listRuns', summary: 'Weekly runs of the territory, the newest first.' })
  @ApiOkResponse({ type: RunsPage })
  list(@CurrentContext() context: Context, @Query() query: RunsQuery): Promise<RunsPage> {
    return this.unitOfWork.read(context, (tx) => listRuns(tx, query));
  }

  @Get(':id')
  @RequirePermission('run.read')
  @ApiOperation({ operationId: 'getRun', summary: 'A run: how far it is, what each gate removed, why the list is short.' })
  @ApiOkResponse({ type: RunDetail })
  get(@CurrentContext() context: Context, @Param('id', ParseUUIDPipe) id: string): Promise<RunDetail> {
    return this.unitOfWork.read(context, (tx) => getRun(tx, id));
  }

  @Post()
  @HttpCode(202)
  @RequirePermission('run.start')
  @ApiOperation({ operationId: 'requestRun', summary: "Asks for this week's run now; an unfinished one answers instead." })
  @ApiAcceptedResponse({ type: RequestedRunDto })
  request(@CurrentContext() context: Context): Promise<RequestedRunDto> {
    return this.requestRun.execute(context, { cause: 'demand' });
  }
}
