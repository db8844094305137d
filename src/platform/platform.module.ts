import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { Env } from '../../config/env.js';
import { Clock } from './clock.js';
import { UnitOfWork } from './postgres/unit-of-work.js';

/** Injection token of the process's logger. */
export const LOGGER = Symbol('logger');

export interface PlatformParts {
  env: Env;
  /** Connected, signed in as this process's role. */
  dataSource: DataSource;
  clock: Clock;
  logger: Logger;
}

/** What every room stands on, made before Nest starts and handed in. */
@Module({})
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const providers = [
      { provide: Env, useValue: parts.env },
      { provide: DataSource, useValue: parts.dataSource },
      { provide: Clock, useValue: parts.clock },
      { provide: LOGGER, useValue: parts.logger },
      { provide: UnitOfWork, useValue: new UnitOfWork(parts.dataSource, () => parts.clock.now()) },
    ];
    return { module: PlatformModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
