import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import helmet from 'helmet';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { SESSION_COOKIE } from './access/session.controller.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { makeSessionStore } from './platform/postgres/session-store.js';
import { validationPipe } from './platform/http/validation.js';
import type { PlatformParts } from './platform/platform.module.js';

const BODY_LIMIT = '1mb';
/** A session ends after so long without a request. */
const SESSION_MS = 12 * 3_600_000;

/**
 * Everything between the socket and the rooms, the same for the API process, the embedded default and the tests.
 * The app must have been created with `bodyParser: false`.
 */
export async function configureHttpApp(app: NestExpressApplication, parts: Pick<PlatformParts, 'env' | 'dataSource' | 'logger'>): Promise<void> {
  const { env, dataSource, logger } = parts;
  const secure = env.PUBLIC_URL?.startsWith('https:') ?? false;
  if (!env.SESSION_SECRET) throw new Error('SESSION_SECRET must be set before the HTTP door opens');
  app.disable('x-powered-by');
  // With https there is one proxy in front that ends it; without, nobody's X-Forwarded-For is believed.
  app.set('trust proxy', secure ? 1 : false);
  // An ETag here is the version of a thing, set by its room for If-Match, and never a hash of the text.
  app.set('etag', false);

  app.use('/api', nameRequests(logger));
  app.use(headers(secure, env.MAP_TILES_URL));
  const store = makeSessionStore(dataSource, logger);
  app.use('/api', session({
    name: SESSION_COOKIE,
    secret: env.SESSION_SECRET,
    store,
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: SESSION_MS },
  }));
  app.getHttpServer().once('close', () => store.close());
  app.useBodyParser('json', { limit: BODY_LIMIT });

  app.setGlobalPrefix('api');
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter(logger));
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), { customSiteTitle: 'Maillon API' });
}

/** The description of all routes; call it after the rooms are wired and the prefix is set. Equal code gives equal bytes. */
export function openApiDocument(app: NestExpressApplication): OpenAPIObject {
  const described = new DocumentBuilder()
    .setTitle('Maillon')
    .setDescription('Suggestions of which company\'s output could be another company\'s input, and the decisions on them. Refusals are application/problem+json. Requests that change something carry X-CSRF-Token.')
    .setVersion('1')
    .addCookieAuth(SESSION_COOKIE)
    .build();
  return SwaggerModule.createDocument(app, described, { operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}` });
}

/** An id for each request, in its answer, in the trail and in the log; the path without its query, which may hold names. */
function nameRequests(logger: Logger): RequestHandler {
  return (request: Request & { id?: string }, response: Response, next: NextFunction) => {
    request.id = randomUUID();
    response.setHeader('X-Request-Id', request.id);
    response.setHeader('Cache-Control', 'no-store');
    const began = performance.now();
    const { method } = request;
    const path = `${request.baseUrl}${request.path}`;
    response.once('finish', () => {
      logger.info({ requestId: request.id, method, path, status: response.statusCode, ms: Math.round(performance.now() - began) }, 'request');
    });
    next();
  };
}

/**
 * The page's own scripts and no others; no other host is asked for anything, but for the one of the map's tiles where the operator names one.
 * @param tilesUrl checked by the settings: an address of http or https
 */
function headers(secure: boolean, tilesUrl: string | undefined): RequestHandler {
  const tiles = tilesUrl === undefined ? [] : [new URL(tilesUrl).origin];
  const policy = {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    // Component libraries write <style> elements as they draw; no script can come this way.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:', ...tiles],
    'connect-src': ["'self'", ...tiles],
    'worker-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'self'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  };
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: policy },
    // Only where https is said to be there: a browser would remember it for the address.
    strictTransportSecurity: secure,
    xFrameOptions: { action: 'deny' },
  });
}
