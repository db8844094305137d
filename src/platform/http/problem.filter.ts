import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Response } from 'express';
import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import { QueryFailedError } from 'typeorm';
import { type FieldError, Problem } from '../problem.js';

export class FieldErrorBody implements FieldError {
  @ApiProperty({ type: String }) field!: string;
  @ApiProperty({ type: String }) code!: string;
  @ApiProperty({ type: String }) found!: string;
  @ApiProperty({ type: String }) expected!: string;
}

/** Body of every refusal, RFC 9457. */
export class ProblemBody {
  @ApiProperty({ type: String }) type!: string;
  @ApiProperty({ type: String }) title!: string;
  @ApiProperty({ type: Number }) status!: number;
  /** Stable; what screens translate. */
  @ApiProperty({ type: String }) code!: string;
  @ApiProperty({ type: String }) detail!: string;
  @ApiPropertyOptional({ type: [FieldErrorBody] }) errors?: FieldErrorBody[];
}

/** PostgreSQL's classes for "not there": connection lost or refused, shutting down, starting up. */
const AWAY = /^(08|57P0)/;
const AWAY_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** What went wrong below us, as something the sender can act on; null: our own fault. */
function asProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) {
    const status = error.getStatus();
    if (status === 404) return new Problem(404, 'not-found', 'No such address.');
    if (status === 413) return new Problem(413, 'too-large', error.message);
    if (status < 500) return new Problem(400, 'bad-request', error.message);
    return null;
  }
  // body-parser and multer speak in `status`.
  const { status, code, message } = (error ?? {}) as { status?: unknown; code?: unknown; message?: unknown };
  if (status === 413) return new Problem(413, 'too-large', 'The body is larger than allowed.');
  if (status === 400) return new Problem(400, 'bad-request', String(message));
  const driverCode = error instanceof QueryFailedError ? String((error.driverError as { code?: unknown }).code) : String(code);
  if (AWAY.test(driverCode) || AWAY_CODES.has(driverCode) || /Connection terminated|timeout exceeded when trying to connect/i.test(String(message))) {
    return new Problem(503, 'database-away', 'The database cannot be reached just now; nothing was changed unless you see it. Try again in a moment.');
  }
  if (error instanceof QueryFailedError) {
    const constraint = (error.driverError as { constraint?: string }).constraint;
    if (driverCode === '23505') return new Problem(409, 'conflict', `Somebody was faster, or it exists already (${constraint}).`);
    if (driverCode === '23503') return new Problem(422, 'no-such-reference', `Refers to something that does not exist (${constraint}).`);
    if (driverCode === '23514') return new Problem(422, 'out-of-range', `Breaks a rule of the data (${constraint}).`);
    if (driverCode === '22021' || driverCode === '22P05') return new Problem(422, 'character-not-kept', 'A text holds a character that cannot be kept, such as U+0000; take it out.');
    if (driverCode === '22P02') return new Problem(404, 'not-found', 'No such thing.');
  }
  return null;
}

/** Turns every error of a request into `application/problem+json`; what is our own fault is logged and says nothing more. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = asProblem(error);
    if (!problem) this.log.error({ err: error }, 'a request failed for a reason of ours');
    const status = problem?.status ?? 500;
    const body: ProblemBody = {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      code: problem?.code ?? 'internal',
      detail: problem?.message ?? 'Something went wrong on our side; it was noted.',
      ...(problem && problem.errors.length > 0 ? { errors: problem.errors } : {}),
    };
    if (response.headersSent) return void response.end();
    if (status === 503) response.setHeader('Retry-After', '2');
    response.status(status).type('application/problem+json').send(JSON.stringify(body));
  }
}
