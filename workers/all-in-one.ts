import { parseArgs } from 'node:util';
import { ConfigurationError, readEnv } from '../config/env.js';
import { loadKnowledge } from '../config/load-config.js';
import { keptSecret, openEmbeddedHouse } from '../src/embedded-house.js';
import { SystemClock } from '../src/platform/clock.js';
import { makeLogger } from '../src/platform/logging.js';
import { startApi } from '../src/start-api.js';
import { printWeek } from './print-week.js';
import { type DemoPerson, type DemoWeek, importDemo, makeDemo, publishDemoWeek } from './seed-demo.js';
import { startWorker } from './start-worker.js';

/**
 * The embedded default: PostgreSQL, queue, API, worker and page in one process and on one port, with the demo territory
 * imported and this week's list published. `--once` does the same week without a server, prints it and ends.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false }, json: { type: 'string' } } });
  const env = readEnv();
  const knowledge = loadKnowledge();
  const clock = new SystemClock();
  const logger = makeLogger(values.once ? 'error' : env.LOG_LEVEL === 'info' ? 'warn' : env.LOG_LEVEL);
  if (values.once) return printWeek({ env, knowledge, clock, logger }, values.json);

  console.log('Maillon démarre…');
  const house = await openEmbeddedHouse(env, logger);
  env.LINK_SECRET ??= keptSecret(env, 'link-secret') + keptSecret(env, 'link-secret-2');
  env.SESSION_SECRET ??= keptSecret(env, 'session-secret') + keptSecret(env, 'session-secret-2');
  const demo = await makeDemo(house, env, clock.now());
  await importDemo(house, { env, knowledge, clock }, demo);
  const worker = await startWorker({
    env, knowledge, clock, logger, dataSource: house.worker, mailerSource: house.mailer,
    queue: { postgresUrl: house.url('maillon_worker'), redisUrl: env.REDIS_URL },
    toldOfMail: ({ id, file }) => console.log(`Message à une entreprise ${file === null ? `envoyé (${id})` : `écrit dans ${file}`}`),
  });
  const api = await startApi({ env, knowledge, clock, logger, dataSource: house.api });
  const week = await publishDemoWeek(api.app, demo);

  console.log(`
Maillon est prêt : ${api.url}
  territoire de démonstration « ${demo.territoryName} », ${listWords(week)}
  conseillère  ${demo.advisor.email}   ${passwordWords(demo.advisor)}
  analyste     ${demo.analyst.email}   ${passwordWords(demo.analyst)}
  API          ${api.url}/api/docs
Ctrl+C pour arrêter ; les données restent dans ${env.DATA_DIR}.`);

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    api.stop().then(() => worker.stop()).then(() => house.close()).then(() => process.exit(0), (error: unknown) => {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function listWords({ week, state, failure }: DemoWeek): string {
  if (state === 'published') return `liste de la semaine ${week} publiée`;
  if (state === 'stalled') return `liste de la semaine ${week} pas encore publiée : son calcul n'avance pas`;
  return `la liste de la semaine ${week} n'a pas pu être publiée (${failure}) ; « npm run maillon run » la redemande`;
}

function passwordWords({ password }: DemoPerson): string {
  return password === null ? 'mot de passe changé' : `mot de passe  ${password}`;
}

main().catch((error: Error & { code?: string }) => {
  // What somebody typed or set is told in a line, and is no fault of the program.
  const code = error instanceof ConfigurationError ? 78 : error.code?.startsWith('ERR_PARSE_ARGS') ? 64 : null;
  process.stderr.write(`${code === null ? error.stack : error.message}\n`);
  process.exit(code ?? 1);
});
