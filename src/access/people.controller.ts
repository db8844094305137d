import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { advisors } from './access.queries.js';
import { ChangeRoles } from './change-roles.js';
import { InvitePerson } from './invite-person.js';
import { AdvisorBody, InviteBody, MadePersonBody, PeopleBody, PeopleQuery, RolesBody } from './people.dto.js';
import { people } from './people.queries.js';
import { CurrentContext, RequirePermission } from './permission.guard.js';
import { RecordAbsence } from './record-absence.js';
import { RemoveAbsence } from './remove-absence.js';
import { AbsenceRequestBody, MadeAbsenceBody } from './session.dto.js';

/** Our own people in a territory. */
@ApiTags('people')
@Controller()
export class PeopleController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly invitePerson: InvitePerson,
    private readonly changeRoles: ChangeRoles,
    private readonly recordAbsence: RecordAbsence,
    private readonly removeAbsence: RemoveAbsence,
  ) {}

  @Get('advisors')
  @RequirePermission('advisor.read')
  @ApiOkResponse({ type: [AdvisorBody] })
  advisors(@CurrentContext() context: Context): Promise<AdvisorBody[]> {
    return this.unitOfWork.read(context, (tx) => advisors(tx, context.territoryId));
  }

  @Get('people')
  @RequirePermission('people.read')
  @ApiOkResponse({ type: PeopleBody })
  list(@CurrentContext() context: Context, @Query() query: PeopleQuery): Promise<PeopleBody> {
    return this.unitOfWork.read(context, (tx) => people(tx, context.territoryId, query.after));
  }

  @Post('people')
  @RequirePermission('people.edit')
  @ApiCreatedResponse({ type: MadePersonBody })
  invite(@CurrentContext() context: Context, @Body() body: InviteBody): Promise<MadePersonBody> {
    return this.invitePerson.execute(context, { ...body, weeklyMinutes: body.weeklyMinutes ?? null });
  }

  @Post('people/:personId/invitation')
  @HttpCode(202)
  @RequirePermission('people.edit')
  @ApiAcceptedResponse({ description: 'The link is mailed again.' })
  async inviteAgain(@CurrentContext() context: Context, @Param('personId') personId: string): Promise<void> {
    await this.invitePerson.again(context, personId);
  }

  @Put('people/:personId/roles')
  @HttpCode(204)
  @RequirePermission('people.edit')
  @ApiNoContentResponse()
  async roles(@CurrentContext() context: Context, @Param('personId') personId: string, @Body() body: RolesBody): Promise<void> {
    await this.changeRoles.execute(context, { personId, roles: body.roles, weeklyMinutes: body.weeklyMinutes ?? null });
  }

  @Post('people/:personId/absences')
  @RequirePermission('people.edit')
  @ApiCreatedResponse({ type: MadeAbsenceBody })
  absent(@CurrentContext() context: Context, @Param('personId') personId: string, @Body() body: AbsenceRequestBody): Promise<MadeAbsenceBody> {
    return this.recordAbsence.execute(context, { ...body, delegateId: body.delegateId ?? null, personId });
  }

  @Delete('people/:personId/absences/:absenceId')
  @HttpCode(204)
  @RequirePermission('people.edit')
  @ApiNoContentResponse()
  async present(@CurrentContext() context: Context, @Param('personId') personId: string, @Param('absenceId') absenceId: string): Promise<void> {
    await this.removeAbsence.execute(context, { personId, absenceId });
  }
}
