import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import { CreatedView, PageQuery } from '../companies/fields.dto.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { companyHistory } from './company-history.queries.js';
import { EndSynergy } from './end-synergy.js';
import { CompanyHistoryPage, EndedSynergyView, EndSynergyBody, MergeBody, MergeView, NewSynergyBody, SynergiesPage, SynergiesQuery } from './flows.dto.js';
import { searchSynergies } from './flows.queries.js';
import { MergeCompanies } from './merge-companies.js';
import { RecordSynergy } from './record-synergy.js';

@ApiTags('flows')
@Controller()
export class SynergiesController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly recordSynergy: RecordSynergy,
    private readonly endSynergy: EndSynergy,
    private readonly mergeCompanies: MergeCompanies,
  ) {}

  @Get('synergies')
  @RequirePermission('flow.read')
  @ApiOperation({ summary: 'Exchanges that run already, ended ones among them.' })
  @ApiOkResponse({ type: SynergiesPage })
  list(@CurrentContext() context: Context, @Query() query: SynergiesQuery): Promise<SynergiesPage> {
    return this.unitOfWork.read(context, (tx) => searchSynergies(tx, query));
  }

  @Post('synergies')
  @RequirePermission('flow.edit')
  @ApiOperation({ summary: 'Notes that an exchange runs: its pair is proposed no more. Noted before: it runs again.' })
  @ApiCreatedResponse({ type: CreatedView })
  record(@CurrentContext() context: Context, @Body() body: NewSynergyBody): Promise<CreatedView> {
    return this.recordSynergy.execute(context, body);
  }

  @Post('synergies/:id/end')
  @HttpCode(200)
  @RequirePermission('flow.edit')
  @ApiOkResponse({ type: EndedSynergyView })
  end(@CurrentContext() context: Context, @Param('id') id: string, @Body() { endedOn }: EndSynergyBody): Promise<EndedSynergyView> {
    return this.endSynergy.execute(context, id, endedOn);
  }

  @Get('companies/:id/history')
  @RequirePermission('flow.read')
  @ApiOperation({ summary: 'What happened to a company, its sites, people, agreements and flows, the newest first.' })
  @ApiOkResponse({ type: CompanyHistoryPage })
  history(@CurrentContext() context: Context, @Param('id') id: string, @Query() query: PageQuery): Promise<CompanyHistoryPage> {
    return this.unitOfWork.read(context, (tx) => companyHistory(tx, id, query));
  }

  @Post('companies/:id/merge')
  @HttpCode(200)
  @RequirePermission('company.edit')
  @ApiOperation({ summary: 'Merges a double into this company: sites, flows, contact people and agreements move.' })
  @ApiOkResponse({ type: MergeView })
  merge(@CurrentContext() context: Context, @Param('id') id: string, @Body() { doubleId }: MergeBody): Promise<MergeView> {
    return this.mergeCompanies.execute(context, id, doubleId);
  }
}
