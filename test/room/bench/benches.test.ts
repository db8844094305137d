import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Row } from '../../../bench/report.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const registerTs = new URL('../../support/register-ts.mjs', import.meta.url).href;

/** Processes and databases of their own take their time where the machine has other work. */
jest.setTimeout(240_000);

describe('the benches at their smallest size', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maillon-benches-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** As `npm run bench -- …` does, from the sources. @throws when it ends with an error */
  const bench = async (name: string, ...args: string[]): Promise<{ rows: Row[]; printed: string }> => {
    const json = join(folder, `${name}.json`);
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', registerTs, join(root, 'bench/main.ts'), name, ...args, '--json', json], { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } });
    return { rows: JSON.parse(await readFile(json, 'utf8')) as Row[], printed: stdout };
  };

  it('kernel: every engine finds the lists that kdbush finds', async () => {
    const { rows, printed } = await bench('kernel', '--size', '1k', '--repeat', '1', '--engines', 'kdbush,maillon-1,maillon-2,geokdbush,turf,duckdb,box,earthdistance', '--threads', '1,2');
    expect(printed).toMatch(/machine: .*\nversions: .*seed 1, 1 repetition/);
    expect(rows.map(({ engine }) => engine).sort()).toEqual([
      '@turf/distance loops', 'DuckDB grid join', 'PostgreSQL B-tree box', 'PostgreSQL earthdistance GiST', 'geokdbush around', 'kdbush range', 'maillon', 'maillon',
    ]);
    for (const row of rows.filter(({ engine }) => engine !== 'kdbush range')) expect(row).toMatchObject({ exact: '1,000 of 1,000 lists equal' });
    const ours = rows.find(({ engine, threads }) => engine === 'maillon' && threads === 2);
    expect(ours).toMatchObject({ ratio: 1, size: 1_000, bench: 'kernel' });
    expect(ours?.pairsPerOutput).toBeGreaterThan(0);
    for (const row of rows) expect([row.medianMs > 0, row.peakMb !== null && row.peakMb > 0]).toEqual([true, true]);
  });

  it('incremental: edited lists are those of a full run', async () => {
    const { rows } = await bench('incremental', '--size', '1k', '--repeat', '50');
    expect(rows.filter(({ exact }) => exact === 'all 1,000 lists equal those of a full run')).toHaveLength(4);
  });

  it('pipeline: what the product publishes is what SQL finds', async () => {
    const { rows } = await bench('pipeline', '--size', '1k');
    expect(rows.find(({ engine }) => engine === 'maillon')?.exact).toMatch(/^all [1-9]\d* published leads are among the pairs that SQL found/);
    expect(rows.find(({ engine }) => engine === 'best SQL')?.ratio).toBeGreaterThan(0);
  });

  it('queue: pages come, by cursor and by filter', async () => {
    const { rows, printed } = await bench('queue', '--size', '20k', '--repeat', '8');
    expect(rows.filter(({ engine }) => engine.startsWith('first page'))).toHaveLength(20);
    expect(printed).toMatch(/first page +1 +8 +[1-9]/);
  });

  it('refuses a bench that there is not, by name', async () => {
    await expect(bench('speed')).rejects.toThrow(/found "speed", expected one of .*kernel/);
  });
});
