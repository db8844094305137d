import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { PseudonymousCandidate, PseudonymousList } from './candidate.dto.js';
import { pseudonymousCandidate } from './candidate-detail.queries.js';
import { PageQuery } from './review.dto.js';
import { pseudonymousList, readerOf } from './weekly-list.queries.js';
import { Wordings } from './words.js';

/** The lists as analysts see them: no names, places, contacts or words of a company. */
@ApiTags('review')
@Controller('pseudonymous')
export class PseudonymousController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly wordings: Wordings,
  ) {}

  @Get('weekly-list')
  @RequirePermission('pseudonym.read')
  @ApiOperation({ operationId: 'getPseudonymousList', summary: 'The list of a week, companies under pseudonyms.' })
  @ApiOkResponse({ type: PseudonymousList })
  list(@CurrentContext() context: Context, @Query() query: PageQuery): Promise<PseudonymousList> {
    return this.unitOfWork.read(context, async (tx) => pseudonymousList(tx, query, await readerOf(tx, this.wordings, this.knowledge)), { across: true, prepared: true });
  }

  @Get('candidates/:id')
  @RequirePermission('pseudonym.read')
  @ApiOperation({ operationId: 'getPseudonymousCandidate', summary: 'A lead, companies under pseudonyms.' })
  @ApiOkResponse({ type: PseudonymousCandidate })
  detail(@CurrentContext() context: Context, @Param('id') id: string): Promise<PseudonymousCandidate> {
    return this.unitOfWork.read(context, async (tx) => pseudonymousCandidate(tx, id, await readerOf(tx, this.wordings, this.knowledge)), { across: true });
  }
}
