import { Module } from '@nestjs/common';
import { ChangePolicy } from './change-policy.js';
import { PoliciesController } from './policies.controller.js';

/** The policy as versions: read, draft, activate, roll back. */
@Module({ controllers: [PoliciesController], providers: [ChangePolicy], exports: [ChangePolicy] })
export class TuningModule {}
