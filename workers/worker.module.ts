import { type DynamicModule, Module } from '@nestjs/common';
import { AppModule, type AppParts } from '../src/app.module.js';

/** The same rooms as the API's, with the worker's database role and no HTTP: nothing listens. */
@Module({})
export class WorkerModule {
  static with(parts: AppParts): DynamicModule {
    return { module: WorkerModule, imports: [AppModule.with(parts)] };
  }
}
