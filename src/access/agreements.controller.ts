import { Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { territories } from './access.queries.js';
import { EndAgreement } from './end-agreement.js';
import { AgreementBody } from './people.dto.js';
import { agreements } from './people.queries.js';
import { CurrentContext, RequirePermission } from './permission.guard.js';
import { TerritoryBody } from './session.dto.js';
import { SignAgreement } from './sign-agreement.js';

/** Looking across the border: territories, and the agreements of one's own with others. */
@ApiTags('territories')
@Controller()
export class AgreementsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly signAgreement: SignAgreement,
    private readonly endAgreement: EndAgreement,
  ) {}

  @Get('territories')
  @RequirePermission('territory.read')
  @ApiOkResponse({ type: [TerritoryBody] })
  territories(@CurrentContext() context: Context): Promise<TerritoryBody[]> {
    return this.unitOfWork.read(context, (tx) => territories(tx));
  }

  @Get('agreements')
  @RequirePermission('territory.read')
  @ApiOkResponse({ type: [AgreementBody] })
  list(@CurrentContext() context: Context): Promise<AgreementBody[]> {
    return this.unitOfWork.read(context, (tx) => agreements(tx, context.territoryId));
  }

  @Put('agreements/:territoryId')
  @HttpCode(204)
  @RequirePermission('territory.edit')
  @ApiNoContentResponse({ description: 'Our side has signed; in force once both have.' })
  async sign(@CurrentContext() context: Context, @Param('territoryId') territoryId: string): Promise<void> {
    await this.signAgreement.execute(context, territoryId);
  }

  @Delete('agreements/:territoryId')
  @HttpCode(204)
  @RequirePermission('territory.edit')
  @ApiNoContentResponse()
  async end(@CurrentContext() context: Context, @Param('territoryId') territoryId: string): Promise<void> {
    await this.endAgreement.execute(context, territoryId);
  }
}
