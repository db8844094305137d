import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { CurrentContext, CurrentPermissions, RequirePermission } from '../access/permission.guard.js';
import type { Permission } from '../access/permissions.js';
import type { Context } from '../platform/context.js';
import { CoverageBody, MonthBody, MonthExportQuery, MonthsBody } from './month.dto.js';
import { ReadMonths } from './read-months.js';

/** Figures for reports: aggregates, no company. */
@ApiTags('months')
@Controller()
export class MonthsController {
  constructor(private readonly readMonths: ReadMonths) {}

  @Get('months')
  @RequirePermission('month.read')
  @ApiOperation({ operationId: 'listMonths', summary: 'Months since the first run.' })
  @ApiOkResponse({ type: MonthsBody })
  months(@CurrentContext() context: Context): Promise<MonthsBody> {
    return this.readMonths.months(context);
  }

  @Get('months/:month')
  @RequirePermission('month.read')
  @ApiOperation({ operationId: 'getMonth', summary: 'Figures of a month.' })
  @ApiOkResponse({ type: MonthBody })
  month(@CurrentContext() context: Context, @CurrentPermissions() permissions: Set<Permission>, @Param('month') month: string): Promise<MonthBody> {
    return this.readMonths.month(context, permissions, month);
  }

  @Get('months/:month/file')
  @RequirePermission('month.read')
  @ApiOperation({ operationId: 'getMonthFile', summary: 'The same figures as a spreadsheet.' })
  @ApiProduces('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'text/csv')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async file(@CurrentContext() context: Context, @CurrentPermissions() permissions: Set<Permission>, @Param('month') month: string, @Query() { format }: MonthExportQuery): Promise<StreamableFile> {
    const { name, type, content } = await this.readMonths.file(context, permissions, month, format);
    return new StreamableFile(content, { type, disposition: `attachment; filename="${name}"`, length: content.length });
  }

  @Get('coverage')
  @RequirePermission('month.read')
  @ApiOperation({ operationId: 'getCoverage', summary: 'How many organisations and flows are known, by family.' })
  @ApiOkResponse({ type: CoverageBody })
  coverage(@CurrentContext() context: Context, @CurrentPermissions() permissions: Set<Permission>): Promise<CoverageBody> {
    return this.readMonths.coverage(context, permissions);
  }
}
