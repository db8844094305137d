import { Controller, Get, Param, ParseUUIDPipe } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { NearLeadsView } from './near-leads.dto.js';
import { nearLeads } from './near-leads.queries.js';

@ApiTags('flows')
@Controller('flows')
export class NearLeadsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  @Get(':id/near-leads')
  @RequirePermission('flow.read')
  @ApiOperation({ operationId: 'countNearLeads', summary: 'How many leads a flow of the territory would have if a run began now; the number, and nothing of the other companies.' })
  @ApiOkResponse({ type: NearLeadsView })
  count(@CurrentContext() context: Context, @Param('id', ParseUUIDPipe) id: string): Promise<NearLeadsView> {
    return this.unitOfWork.read(context, (tx) => nearLeads(tx, this.knowledge, id), { across: true });
  }
}
