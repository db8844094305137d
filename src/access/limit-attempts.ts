import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ipKeyGenerator, type Options, rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import { createHash } from 'node:crypto';
import { Problem } from '../platform/problem.js';

const MINUTE_MS = 60_000;

function byAddress(request: Request): string {
  return ipKeyGenerator(request.ip ?? '');
}

/** A hash, so that what was typed is kept nowhere, and is short whatever was sent. */
function byEmail(request: Request): string {
  const { email } = (request.body ?? {}) as { email?: unknown };
  return createHash('sha256').update(typeof email === 'string' ? email.trim().toLowerCase() : '').digest('base64url');
}

/** Counts are this process's own and begin anew when it does. */
function limiter(settings: Pick<Options, 'limit' | 'windowMs' | 'keyGenerator'> & { onlyFailures?: boolean }): RateLimitRequestHandler {
  const { onlyFailures = false, ...options } = settings;
  return rateLimit({
    ...options,
    skipSuccessfulRequests: onlyFailures,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    // Without a proxy named by PUBLIC_URL its headers are not believed, and that is no mistake.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_request, _response, next) => next(new Problem(429, 'too-many-attempts', 'Too many attempts; wait as long as Retry-After says.')),
  });
}

/** Every limit in turn; the first that is reached answers 429 with Retry-After. */
async function pass(execution: ExecutionContext, limits: RateLimitRequestHandler[]): Promise<boolean> {
  const http = execution.switchToHttp();
  const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
  for (const limit of limits) {
    await new Promise<void>((resolve, reject) => {
      const next = (error?: unknown): void => (error === undefined ? resolve() : reject(error));
      void Promise.resolve(limit(request, response, next)).catch(reject);
    });
  }
  return true;
}

/** How many wrong sign-ins an e-mail address may have in a quarter of an hour; a whole office behind one address has more. */
export const SIGN_INS_AN_EMAIL = 10;
const SIGN_INS_AN_ADDRESS = 50;

/** Guessing a password: wrong answers count, by network address and by e-mail. */
@Injectable()
export class LimitSignIn implements CanActivate {
  private readonly limits = [
    limiter({ limit: SIGN_INS_AN_ADDRESS, windowMs: 15 * MINUTE_MS, keyGenerator: byAddress, onlyFailures: true }),
    limiter({ limit: SIGN_INS_AN_EMAIL, windowMs: 15 * MINUTE_MS, keyGenerator: byEmail, onlyFailures: true }),
  ];

  canActivate(execution: ExecutionContext): Promise<boolean> {
    return pass(execution, this.limits);
  }
}

/** Asking for reset mails: each one counts, since the answer is always the same. */
@Injectable()
export class LimitResetRequests implements CanActivate {
  private readonly limits = [
    limiter({ limit: 20, windowMs: 60 * MINUTE_MS, keyGenerator: byAddress }),
    limiter({ limit: 5, windowMs: 60 * MINUTE_MS, keyGenerator: byEmail }),
  ];

  canActivate(execution: ExecutionContext): Promise<boolean> {
    return pass(execution, this.limits);
  }
}

/** Guessing a link's token, or the present password of a session that was left open. */
@Injectable()
export class LimitPasswordChanges implements CanActivate {
  private readonly limits = [limiter({ limit: 20, windowMs: 15 * MINUTE_MS, keyGenerator: byAddress, onlyFailures: true })];

  canActivate(execution: ExecutionContext): Promise<boolean> {
    return pass(execution, this.limits);
  }
}

/** Guessing an answer link: wrong ones count; a company's own use does not. */
@Injectable()
export class LimitAnswerLinks implements CanActivate {
  private readonly limits = [limiter({ limit: 60, windowMs: 15 * MINUTE_MS, keyGenerator: byAddress, onlyFailures: true })];

  canActivate(execution: ExecutionContext): Promise<boolean> {
    return pass(execution, this.limits);
  }
}
