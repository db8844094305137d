import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import 'express-session';
import type { Request } from 'express';
import { timingSafeEqual } from 'node:crypto';
import { Env } from '../../config/env.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import type { Role } from './access.entities.js';
import { type Permission, permissionsOf } from './permissions.js';

declare module 'express-session' {
  interface SessionData {
    personId: string;
    /** The territory the person is working in; one at a time. */
    territoryId: string;
    csrfToken: string;
  }
}

/** Who makes the request, as the guard found them. */
export interface Principal {
  context: Context & { personId: string };
  roles: Role[];
  permissions: Set<Permission>;
}

/** `id` is set by the HTTP door for every request. */
type RequestWithPrincipal = Request & { principal?: Principal; id?: string };

const NEEDED = 'maillon:permission';
type Needed = Permission | 'public' | 'signed-in';

/** The one permission a route needs. */
export const RequirePermission = (permission: Permission): MethodDecorator => SetMetadata(NEEDED, permission satisfies Needed);
/** A route for everyone, signed in or not: said, never assumed. */
export const Public = (): MethodDecorator => SetMetadata(NEEDED, 'public' satisfies Needed);
/** A route for whoever is signed in, whatever their role. */
export const SignedIn = (): MethodDecorator => SetMetadata(NEEDED, 'signed-in' satisfies Needed);

/** What a route's handler states; undefined: nothing, and everyone is refused. For the test that walks all routes. */
export function statedPermission(handler: object): string | undefined {
  return Reflect.getMetadata(NEEDED, handler) as Needed | undefined;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses by default: a route that states nothing answers 403 to everyone, and a test walks all routes. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly unitOfWork: UnitOfWork,
    private readonly env: Env,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const needed = this.reflector.get<Needed | undefined>(NEEDED, execution.getHandler());
    if (needed === undefined) throw new Problem(403, 'no-permission-stated', 'This route states no permission.');
    const request = execution.switchToHttp().getRequest<RequestWithPrincipal>();
    const unsafe = !SAFE_METHODS.has(request.method);
    if (needed === 'public') {
      // There is no session whose token could be asked for: a sign-in sent by another site is told by its origin.
      if (unsafe && !comesFromOurPage(request, this.env.PUBLIC_URL)) throw new Problem(403, 'csrf', 'This request was sent by another site.');
      return true;
    }

    const { personId, territoryId, csrfToken } = request.session ?? {};
    if (!personId || !territoryId) throw new Problem(401, 'not-signed-in', 'Sign in first.');
    if (unsafe && !isToken(request.headers['x-csrf-token'], csrfToken)) {
      throw new Problem(403, 'csrf', 'Send X-CSRF-Token with the csrfToken that GET /api/session gives.');
    }
    const context = { territoryId, personId, requestId: request.id ?? null };
    // Read at every request, so that a role taken away is gone at once.
    const rows = await this.unitOfWork.read(context, (tx) => tx.sql<{ role: Role }>(
      `SELECT m.role FROM membership m JOIN person p ON p.id = m.person_id
       WHERE m.territory_id = $1 AND m.person_id = $2 AND p.disabled_at IS NULL ORDER BY m.role`, [territoryId, personId]));
    const roles = rows.map((row) => row.role);
    if (roles.length === 0) throw new Problem(401, 'not-signed-in', 'Sign in first.');
    const permissions = permissionsOf(roles);
    if (needed !== 'signed-in' && !permissions.has(needed)) throw new Problem(403, 'forbidden', 'Your role does not allow this.');
    request.principal = { context, roles, permissions };
    return true;
  }
}

function isToken(given: string | string[] | undefined, expected: string | undefined): boolean {
  if (typeof given !== 'string' || !expected) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Browsers say where a request comes from; what says nothing is no browser, and carries nobody's cookies unasked. */
function comesFromOurPage(request: Request, publicUrl: string | undefined): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin).host;
  return from === host || (publicUrl !== undefined && from === new URL(publicUrl).host);
}

function principalOf(execution: ExecutionContext): Principal {
  const { principal } = execution.switchToHttp().getRequest<RequestWithPrincipal>();
  if (!principal) throw new Problem(401, 'not-signed-in', 'Sign in first.');
  return principal;
}

/** Parameter: the context of the request, first argument of every action and query. */
export const CurrentContext = createParamDecorator((_data: unknown, execution: ExecutionContext): Principal['context'] => principalOf(execution).context);

/** Parameter: what the person may do, for an answer that tells some people more than others. */
export const CurrentPermissions = createParamDecorator((_data: unknown, execution: ExecutionContext): Set<Permission> => principalOf(execution).permissions);
