import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { CompaniesModule } from './companies/companies.module.js';
import { FlowsModule } from './flows/flows.module.js';
import { IntroductionsModule } from './introductions/introductions.module.js';
import { InsightsModule } from './insights/insights.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { MatchingModule } from './matching/matching.module.js';
import { PlatformModule, type PlatformParts } from './platform/platform.module.js';
import type { Knowledge } from './resources/knowledge.js';
import { ResourcesModule } from './resources/resources.module.js';
import { ReviewModule } from './review/review.module.js';
import { TuningModule } from './tuning/tuning.module.js';

export interface AppParts extends PlatformParts {
  knowledge: Knowledge;
}

/** The rooms, wired; the API and the worker are the same rooms with another database role, and only the API listens. */
@Module({})
export class AppModule {
  static with(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(parts), ResourcesModule.with(parts.knowledge), AccessModule, CompaniesModule, FlowsModule, ImportsModule, MatchingModule,
        ReviewModule, IntroductionsModule, TuningModule, InsightsModule,
      ],
    };
  }
}
