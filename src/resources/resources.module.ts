import { type DynamicModule, Module } from '@nestjs/common';
import { Knowledge } from './knowledge.js';
import { ResourcesController } from './resources.controller.js';

/** The knowledge files, read and checked before Nest starts, for every room. */
@Module({})
export class ResourcesModule {
  static with(knowledge: Knowledge): DynamicModule {
    const providers = [{ provide: Knowledge, useValue: knowledge }];
    return { module: ResourcesModule, global: true, controllers: [ResourcesController], providers, exports: providers.map(({ provide }) => provide) };
  }
}
