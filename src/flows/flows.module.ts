import { Module } from '@nestjs/common';
import { ConfirmFlow } from './confirm-flow.js';
import { EditFlow } from './edit-flow.js';
import { EndSynergy } from './end-synergy.js';
import { FlowsController } from './flows.controller.js';
import { MergeCompanies } from './merge-companies.js';
import { RecordFlow } from './record-flow.js';
import { RecordSynergy } from './record-synergy.js';
import { RestoreFlow } from './restore-flow.js';
import { SynergiesController } from './synergies.controller.js';
import { WithdrawFlow } from './withdraw-flow.js';

@Module({
  controllers: [FlowsController, SynergiesController],
  providers: [ConfirmFlow, EditFlow, EndSynergy, MergeCompanies, RecordFlow, RecordSynergy, RestoreFlow, WithdrawFlow],
})
export class FlowsModule {}
