import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory, Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import request from 'supertest';
import { Env } from '../../../config/env.js';
import { PermissionGuard } from '../../../src/access/permission.guard.js';
import { CompaniesModule } from '../../../src/companies/companies.module.js';
import { FlowsModule } from '../../../src/flows/flows.module.js';
import { ProblemFilter } from '../../../src/platform/http/problem.filter.js';
import { validationPipe } from '../../../src/platform/http/validation.js';
import { PlatformModule } from '../../../src/platform/platform.module.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { makePerson, makeTerritory } from '../../support/world.js';
import { shippedKnowledge } from '../../unit/flows/knowledge.js';

describe('companies and flows over HTTP', () => {
  let database: TestDatabase;
  let app: NestExpressApplication;
  let advisor: { personId: string; territoryId: string };
  let stranger: { personId: string; territoryId: string };
  let analyst: { personId: string; territoryId: string };
  let who: { personId: string; territoryId: string } | null;

  beforeAll(async () => {
    database = await openTestDatabase();
    const territoryId = await makeTerritory(database, 'ici');
    advisor = await makePerson(database, territoryId, ['advisor']);
    analyst = await makePerson(database, territoryId, ['analyst']);
    stranger = await makePerson(database, await makeTerritory(database, 'ailleurs'), ['advisor']);
    const logger = pino({ level: 'silent' });
    const platform = PlatformModule.with({ env: new Env(), dataSource: database.apiSource, clock: database.clock, logger });
    const parts = { module: class TestModule {}, imports: [platform, ResourcesModule.with(shippedKnowledge()), CompaniesModule, FlowsModule] };
    app = await NestFactory.create<NestExpressApplication>(parts, { logger: false, abortOnError: false });
    // In the place of the session, which is the access room's to test.
    app.use((incoming: Request, _response: Response, next: NextFunction) => {
      Object.assign(incoming, { session: who ? { ...who, csrfToken: 'token' } : {} });
      incoming.headers['x-csrf-token'] = 'token';
      next();
    });
    app.useGlobalGuards(new PermissionGuard(app.get(Reflector), database.api, app.get(Env)));
    app.useGlobalPipes(validationPipe());
    app.useGlobalFilters(new ProblemFilter(logger));
    await app.init();
  });
  afterAll(async () => {
    await app?.close();
    await database?.close();
  });

  const as = (person: typeof who): ReturnType<typeof request> => {
    who = person;
    return request(app.getHttpServer());
  };

  it('go from a company to a confirmed flow, each answer as documented', async () => {
    const company = await as(advisor).post('/companies').send({ name: 'Brasserie du Test', siren: '000000018' }).expect(201);
    const site = await as(advisor).post(`/companies/${company.body.id}/sites`).send({ siret: '00000001800010', latitude: 44, longitude: 1.3, permitHeadings: ['2791'] }).expect(201);
    const contact = await as(advisor).post(`/companies/${company.body.id}/contacts`).send({ name: 'Une personne', opposedToMail: true }).expect(201);
    const agreement = await as(advisor).post(`/companies/${company.body.id}/confidentiality-agreements`).send({ scope: 'tout', signedOn: '2026-01-01' }).expect(201);
    await as(advisor).patch(`/companies/${company.body.id}`).send({ groupRef: 'g' }).expect(204);
    await as(advisor).patch(`/sites/${site.body.id}`).send({ commune: 'Montauban' }).expect(204);
    await as(advisor).patch(`/contacts/${contact.body.id}`).send({ language: 'en' }).expect(204);
    await as(advisor).patch(`/confidentiality-agreements/${agreement.body.id}`).send({ validUntil: '2027-01-01' }).expect(204);
    const sheet = await as(advisor).get(`/companies/${company.body.id}`).expect(200);
    expect(sheet.body).toMatchObject({
      ref: '000000018', groupRef: 'g', referent: { id: advisor.personId }, agreementValid: true, sites: [{ commune: 'Montauban', permitHeadings: ['2791'] }],
      contacts: [{ name: 'Une personne', language: 'en', opposedToMail: true }], agreements: [{ validUntil: '2027-01-01' }],
    });
    expect((await as(advisor).get('/companies').query({ q: 'montau', limit: 1 }).expect(200)).body).toMatchObject({ rows: [{ siteCount: 1, communes: ['Montauban'] }], next: null });

    const body = { id: randomUUID(), siteId: site.body.id, direction: 'output', category: 'brewers-spent-grain', quantity: { value: 10, unit: 't', period: 'mois' }, quality: { 'dry-matter': 22 } };
    const flow = await as(advisor).post('/flows').send(body).expect(201).expect('ETag', '"1"');
    expect(flow.body).toEqual({ id: body.id, version: 1, created: true });
    await as(advisor).post('/flows').send(body).expect(200);
    const path = `/flows/${body.id}`;
    expect((await as(advisor).get(path).expect(200).expect('ETag', '"1"')).body).toMatchObject({ quantity: 120, place: { companyName: 'Brasserie du Test' }, version: 1 });
    await as(advisor).put(`${path}/wish`).set('If-Match', '"1"').send({ wish: 'yes' }).expect(200).expect('ETag', '"2"');
    await as(advisor).patch(path).set('If-Match', '"2"').send({ confirmedOn: '2026-01-01', quality: null }).expect(200, { version: 3 });
    await as(advisor).post(`${path}/confirm`).set('If-Match', '"3"').expect(200, { version: 4 });
    await as(advisor).post(`${path}/withdraw`).set('If-Match', '"4"').expect(200, { version: 5 });
    expect((await as(advisor).get('/flows').query({ withdrawn: 'true' }).expect(200)).body.rows).toMatchObject([{ id: body.id }]);
    await as(advisor).post(`${path}/restore`).set('If-Match', '"5"').expect(200, { version: 6 });
    const history = await as(advisor).get(`${path}/history`).query({ limit: 2 }).expect(200);
    expect(history.body).toMatchObject([{ version: 6, change: 'restored' }, { version: 5, change: 'withdrawn' }]);
    expect((await as(advisor).get('/flows').query({ companyId: company.body.id, direction: 'output' }).expect(200)).body.rows).toMatchObject([{ id: body.id, wish: 'yes', quality: {} }]);

    const need = await as(advisor).post('/flows').send({ ...body, id: undefined, direction: 'input' }).expect(201);
    const synergy = await as(advisor).post('/synergies').send({ outputFlowId: body.id, inputFlowId: need.body.id }).expect(201);
    await as(advisor).post(`/synergies/${synergy.body.id}/end`).send({}).expect(200, { endedOn: '2026-11-23' });
    expect((await as(advisor).get('/synergies').expect(200)).body.rows).toMatchObject([{ output: { flowId: body.id }, endedOn: '2026-11-23' }]);

    const trail = await as(advisor).get(`/companies/${company.body.id}/history`).query({ limit: 3 }).expect(200);
    expect(trail.body.rows.map((event: { action: string }) => event.action)).toEqual(['flow.recorded', 'flow.restored', 'flow.withdrawn']);
    expect(trail.body.rows[0]).toMatchObject({ by: { id: advisor.personId }, subject: { type: 'flow', id: need.body.id }, fields: [] });
    const older = await as(advisor).get(`/companies/${company.body.id}/history`).query({ after: trail.body.next, limit: 50 }).expect(200);
    expect(older.body.rows.map((event: { action: string }) => event.action)).toEqual([
      'flow.confirmed', 'flow.edited', 'flow.edited', 'flow.recorded', 'agreement.edited', 'contact.edited', 'site.edited', 'company.edited', 'agreement.recorded', 'contact.added', 'site.added', 'company.created',
    ]);
    expect([older.body.next, older.body.rows[1].fields]).toEqual([null, ['confirmedOn', 'quality']]);
    await as(stranger).get(`/companies/${company.body.id}/history`).expect(404);

    const double = await as(advisor).post('/companies').send({ name: 'BRASSERIE DU TEST' }).expect(201);
    await as(advisor).post(`/companies/${company.body.id}/merge`).send({ doubleId: double.body.id }).expect(200);
    await as(advisor).delete(`/contacts/${contact.body.id}`).expect(204);
  });

  it('say what is wrong as problem+json: missing and stale If-Match, wrong fields, unknown ids, foreign ones', async () => {
    const { body: company } = await as(advisor).post('/companies').send({ name: 'Une autre' });
    const { body: site } = await as(advisor).post(`/companies/${company.id}/sites`).send({});
    const { body: flow } = await as(advisor).post('/flows').send({ siteId: site.id, direction: 'entrant', category: 'bark' }).expect(201);
    await as(advisor).patch(`/flows/${flow.id}`).send({ wish: 'no' }).expect(428);
    await as(advisor).patch(`/flows/${flow.id}`).set('If-Match', 'x').send({ wish: 'no' }).expect(400);
    await as(advisor).patch(`/flows/${flow.id}`).set('If-Match', '"7"').send({ wish: 'no' }).expect(412);
    await as(advisor).put(`/flows/${flow.id}/wish`).set('If-Match', '"1"').send({ wish: 'perhaps' }).expect(422);
    const wrong = await as(advisor).post('/flows').send({ siteId: site.id, direction: 'input', category: 'bark', quantity: { value: 'dix', unit: 3 }, colour: 'red' }).expect(422);
    expect(wrong.body.errors.map((error: { field: string }) => error.field).sort()).toEqual(['colour', 'quantity.unit', 'quantity.unit', 'quantity.value']);
    const worse = await as(advisor).patch(`/flows/${flow.id}`).set('If-Match', '"1"').send({ quantity: { value: 3, unit: 'sacs' } }).expect(422);
    expect(worse.body.errors).toMatchObject([{ field: 'quantity.unit', code: 'unknown-unit', found: 'sacs' }]);
    for (const path of ['/flows/nothing', `/flows/${randomUUID()}`, `/companies/${randomUUID()}`, '/sites/x', '/waste-codes/999999']) await as(advisor).get(path).expect(404);
    for (const path of [`/flows/${flow.id}`, `/flows/${flow.id}/history`, `/companies/${company.id}`, `/sites/${site.id}`]) await as(stranger).get(path).expect(404);
    await as(advisor).get('/companies').query({ limit: 500 }).expect(422);
    await as(advisor).get('/flows').query({ after: 'nonsense' }).expect(400);
  });

  it('of a company and of a site say when they last changed, and are not saved over by who has not seen it', async () => {
    const { body: company } = await as(advisor).post('/companies').send({ name: 'Une troisième' });
    const { body: site } = await as(advisor).post(`/companies/${company.id}/sites`).send({});
    for (const [path, change] of [[`/companies/${company.id}`, { groupRef: 'g' }], [`/sites/${site.id}`, { address: 'ici' }]] as const) {
      const { headers, body } = await as(advisor).get(path).expect(200);
      expect(headers['etag']).toBe(`"${body.updatedAt}"`);
      database.clock.advance({ seconds: 1 });
      await as(advisor).patch(path).set('If-Match', headers['etag'] ?? '').send(change).expect(204);
      const stale = await as(advisor).patch(path).set('If-Match', headers['etag'] ?? '').send(change).expect(412);
      expect(stale.body).toMatchObject({ code: 'stale', status: 412 });
      await as(advisor).patch(path).set('If-Match', '"yesterday"').send(change).expect(400);
      // Who does not say what was on screen saves over whatever stands.
      await as(advisor).patch(path).send(change).expect(204);
    }
  });

  it('are closed to an analyst, who sees pseudonyms only, and to whoever is not signed in', async () => {
    for (const path of ['/companies', '/flows', '/synergies', `/flows/${randomUUID()}`]) {
      await as(analyst).get(path).expect(403);
      await as(null).get(path).expect(401);
    }
    await as(analyst).get('/categories').expect(200);
    await as(null).get('/categories').expect(401);
  });

  it('offer categories and waste codes to choose from', async () => {
    const { body } = await as(advisor).get('/categories').query({ family: 'energy' }).expect(200);
    expect(body.categories.every((category: { family: string }) => category.family === 'energy')).toBe(true);
    expect((await as(advisor).get('/waste-codes').query({ q: '02 07 04' }).expect(200)).body).toMatchObject([{ code: '020704', hazardous: false }]);
    expect((await as(advisor).get('/waste-codes').query({ q: 'biodégradables cuisine' }).expect(200)).body.map((code: { code: string }) => code.code)).toContain('200108');
    expect((await as(advisor).get('/waste-codes').query({ q: '02', limit: 3 }).expect(200)).body).toHaveLength(3);
    expect((await as(advisor).get('/waste-codes/13 02 05*').expect(200)).body).toMatchObject({ hazardous: true });
  });

  it('suggest categories and waste codes as words are typed, and ask where they cannot tell', async () => {
    const { body } = await as(advisor).get('/categories/suggestions').query({ text: 'drêches de brasserie', direction: 'output', unit: 't/an' }).expect(200);
    expect(body).toMatchObject({ question: null, categories: [{ slug: 'brewers-spent-grain', label: { fr: expect.any(String) }, confidence: expect.any(Number) }, ...body.categories.slice(1)] });
    expect((await as(advisor).get('/categories/suggestions').query({ text: ' ' }).expect(200)).body).toEqual({ categories: [], wasteCodes: [], question: 'empty-text' });
    await as(advisor).get('/categories/suggestions').expect(422);
    await as(advisor).get('/categories/suggestions').query({ text: 'bois', direction: 'sideways' }).expect(422);
    await as(null).get('/categories/suggestions').query({ text: 'bois' }).expect(401);
  });

  it('are all described, with the types of their answers', () => {
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    const silent = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item as Record<string, { responses: Record<string, { content?: object }> }>)
      .filter(([, operation]) => !Object.entries(operation.responses).some(([status, answer]) => status === '204' || answer.content !== undefined))
      .map(([method]) => `${method} ${path}`));
    expect(silent).toEqual([]);
    expect(document.components?.schemas).toHaveProperty('NewFlowBody.properties.quantity');
  });
});
