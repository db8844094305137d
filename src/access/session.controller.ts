import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { randomBytes } from 'node:crypto';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import type { Language, Role } from './access.entities.js';
import { territoriesOf } from './access.queries.js';
import { ChangePassword } from './change-password.js';
import { LimitPasswordChanges, LimitSignIn } from './limit-attempts.js';
import { absencesOf } from './people.queries.js';
import { CurrentContext, type Principal, Public, RequirePermission, SignedIn } from './permission.guard.js';
import { permissionsOf } from './permissions.js';
import { RecordAbsence } from './record-absence.js';
import { RemoveAbsence } from './remove-absence.js';
import { AbsenceBody, AbsenceRequestBody, ChangePasswordBody, MadeAbsenceBody, SessionBody, SetLanguageBody, SignInBody, SwitchTerritoryBody } from './session.dto.js';
import { SetLanguage } from './set-language.js';
import { SignIn } from './sign-in.js';
import { SwitchTerritory } from './switch-territory.js';

/** Of the HTTP door; `src/http-app.ts` sets it. */
export const SESSION_COOKIE = 'maillon.sid';

type Own = Principal['context'];

/** Signing in and out, and what concerns oneself. */
@ApiTags('session')
@Controller('session')
export class SessionController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly signIn: SignIn,
    private readonly switchTerritory: SwitchTerritory,
    private readonly setLanguage: SetLanguage,
    private readonly changePassword: ChangePassword,
    private readonly recordAbsence: RecordAbsence,
    private readonly removeAbsence: RemoveAbsence,
  ) {}

  @Post()
  @HttpCode(200)
  @Public()
  @UseGuards(LimitSignIn)
  @ApiOkResponse({ type: SessionBody })
  async open(@Body() body: SignInBody, @Req() request: Request & { id?: string }): Promise<SessionBody> {
    const context = await this.signIn.execute(body, request.id ?? null);
    // A new id, so that one planted before the sign-in opens nothing.
    await new Promise<void>((resolve, reject) => request.session.regenerate((error: unknown) => (error ? reject(error) : resolve())));
    request.session.personId = context.personId;
    return this.enter(context, request, randomBytes(32).toString('base64url'));
  }

  @Get()
  @SignedIn()
  @ApiOkResponse({ type: SessionBody })
  show(@CurrentContext() context: Own, @Req() request: Request): Promise<SessionBody> {
    return this.view(context, request.session.csrfToken ?? '');
  }

  @Delete()
  @HttpCode(204)
  @SignedIn()
  @ApiNoContentResponse()
  async close(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    await new Promise<void>((resolve, reject) => request.session.destroy((error: unknown) => (error ? reject(error) : resolve())));
    response.clearCookie(SESSION_COOKIE, { path: '/', httpOnly: true, sameSite: 'lax' });
  }

  @Put('territory')
  @SignedIn()
  @ApiOkResponse({ type: SessionBody })
  async goTo(@CurrentContext() context: Own, @Body() body: SwitchTerritoryBody, @Req() request: Request): Promise<SessionBody> {
    const there = await this.switchTerritory.execute(context, body.territoryId);
    return this.enter(there, request, request.session.csrfToken ?? '');
  }

  @Put('language')
  @HttpCode(204)
  @SignedIn()
  @ApiNoContentResponse()
  async speak(@CurrentContext() context: Own, @Body() body: SetLanguageBody): Promise<void> {
    await this.setLanguage.execute(context, body.language);
  }

  @Put('password')
  @HttpCode(204)
  @SignedIn()
  @UseGuards(LimitPasswordChanges)
  @ApiNoContentResponse()
  async secure(@CurrentContext() context: Own, @Body() body: ChangePasswordBody, @Req() request: Request): Promise<void> {
    await this.changePassword.execute(context, body, request.sessionID);
  }

  @Get('absences')
  @RequirePermission('absence.edit-own')
  @ApiOkResponse({ type: [AbsenceBody] })
  absences(@CurrentContext() context: Own): Promise<AbsenceBody[]> {
    return this.unitOfWork.read(context, (tx) => absencesOf(tx, context.territoryId, context.personId));
  }

  @Post('absences')
  @RequirePermission('absence.edit-own')
  @ApiCreatedResponse({ type: MadeAbsenceBody })
  beAway(@CurrentContext() context: Own, @Body() body: AbsenceRequestBody): Promise<MadeAbsenceBody> {
    return this.recordAbsence.execute(context, { ...body, delegateId: body.delegateId ?? null, personId: context.personId });
  }

  @Delete('absences/:absenceId')
  @HttpCode(204)
  @RequirePermission('absence.edit-own')
  @ApiNoContentResponse()
  async stay(@CurrentContext() context: Own, @Param('absenceId') absenceId: string): Promise<void> {
    await this.removeAbsence.execute(context, { personId: context.personId, absenceId });
  }

  private async enter(context: Own, request: Request, csrfToken: string): Promise<SessionBody> {
    request.session.territoryId = context.territoryId;
    request.session.csrfToken = csrfToken;
    const view = await this.view(context, csrfToken);
    // Kept before the answer leaves: a sign-in that was not kept is an error, not a surprise at the next request.
    await new Promise<void>((resolve, reject) => request.session.save((error: unknown) => (error ? reject(error) : resolve())));
    return view;
  }

  private view(context: Context & { personId: string }, csrfToken: string): Promise<SessionBody> {
    return this.unitOfWork.read(context, async (tx) => {
      const [{ language, ...person }] = await tx.sql<{ id: string; name: string; email: string; language: Language }>('SELECT id, name, email, language FROM person WHERE id = $1', [context.personId]);
      const territories = await territoriesOf(tx, context.personId);
      const territory = territories.find(({ id }) => id === context.territoryId);
      if (!territory) throw new Problem(401, 'not-signed-in', 'Sign in first.');
      const roles = (await tx.sql<{ role: Role }>('SELECT role FROM membership WHERE territory_id = $1 AND person_id = $2 ORDER BY role', [context.territoryId, context.personId])).map(({ role }) => role);
      return { person, language, territory, territories, roles, permissions: [...permissionsOf(roles)].sort(), csrfToken };
    });
  }
}
