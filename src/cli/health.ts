import { statSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { readEnv } from '../../config/env.js';
import { UsageError } from './usage-error.js';

/** The worker touches its heartbeat every few seconds. */
const WORKER_SILENT_MS = 60_000;

/** `maillon health api|worker`: exit 0 when well. For the health check inside the process's own container. */
export async function healthCommand([which]: string[]): Promise<void> {
  const env = readEnv();
  if (which === 'worker') {
    const age = Date.now() - statSync(join(env.DATA_DIR, 'worker.heartbeat')).mtimeMs;
    if (age > WORKER_SILENT_MS) throw new UsageError(`The worker has been silent for ${Math.round(age / 1000)} s.`);
    return;
  }
  if (which !== 'api') throw new UsageError('health needs api or worker.');
  await new Promise<void>((resolve, reject) => {
    get({ host: '127.0.0.1', port: env.PORT, path: '/api/health', timeout: 4_000 }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new UsageError(`The API answers ${response.statusCode}.`));
    }).on('error', (error) => reject(new UsageError(`The API does not answer: ${error.message}`)));
  });
}
