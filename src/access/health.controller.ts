import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { ProblemBody } from '../platform/http/problem.filter.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Public } from './permission.guard.js';

export class HealthBody {
  @ApiProperty({ enum: ['up'] }) process!: 'up';
  @ApiProperty({ enum: ['answers'] }) database!: 'answers';
}

/** For health checks of containers and proxies. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  @Get()
  @Public()
  @ApiOkResponse({ type: HealthBody })
  @ApiServiceUnavailableResponse({ type: ProblemBody, description: 'The database does not answer.' })
  async check(): Promise<HealthBody> {
    await this.unitOfWork.read({ territoryId: '', personId: null, requestId: null }, (tx) => tx.sql('SELECT 1'));
    return { process: 'up', database: 'answers' };
  }
}
