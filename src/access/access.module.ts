import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AgreementsController } from './agreements.controller.js';
import { AskPasswordReset } from './ask-password-reset.js';
import { ChangePassword } from './change-password.js';
import { ChangeRoles } from './change-roles.js';
import { EndAgreement } from './end-agreement.js';
import { HealthController } from './health.controller.js';
import { InvitePerson } from './invite-person.js';
import { LimitPasswordChanges, LimitResetRequests, LimitSignIn } from './limit-attempts.js';
import { PasswordController } from './password.controller.js';
import { PeopleController } from './people.controller.js';
import { PermissionGuard } from './permission.guard.js';
import { RecordAbsence } from './record-absence.js';
import { RedeemToken } from './redeem-token.js';
import { RemoveAbsence } from './remove-absence.js';
import { SessionController } from './session.controller.js';
import { SetLanguage } from './set-language.js';
import { SignAgreement } from './sign-agreement.js';
import { SignIn } from './sign-in.js';
import { SwitchTerritory } from './switch-territory.js';

/** Who may come in and do what. Its guard stands before every route of every room. */
@Module({
  controllers: [SessionController, PasswordController, PeopleController, AgreementsController, HealthController],
  providers: [
    { provide: APP_GUARD, useClass: PermissionGuard },
    LimitSignIn, LimitResetRequests, LimitPasswordChanges,
    SignIn, SwitchTerritory, SetLanguage, ChangePassword, AskPasswordReset, RedeemToken,
    InvitePerson, ChangeRoles, RecordAbsence, RemoveAbsence, SignAgreement, EndAgreement,
  ],
})
export class AccessModule {}
