import { Module } from '@nestjs/common';
import { ChangePolicy } from './change-policy.js';
import { ReviewModule } from '../review/review.module.js';
import { PoliciesController } from './policies.controller.js';
import { PreviewPolicy } from './preview-policy.js';
import { TuningController } from './tuning.controller.js';

/** The policy as versions: read, draft, preview on past runs, activate, roll back. */
@Module({ imports: [ReviewModule], controllers: [PoliciesController, TuningController], providers: [ChangePolicy, PreviewPolicy], exports: [ChangePolicy] })
export class TuningModule {}
