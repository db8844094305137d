import { transformSync } from '@swc/core';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = ['config', 'src', 'workers', 'test/support'];
const SHELF = join(ROOT, '.data', 'test-programs');
/** How many states of the sources are kept: another run of the tests may be using the one before. */
const KEPT = 3;

let folder: string | undefined;

/**
 * The sources as JavaScript, made once for each state of them: a process starts in half the time that it takes to strip
 * the types on the way. Below the project's root, so that packages and data files are found.
 * @returns folder that holds `src/main.js` and so on
 */
export function compiledSources(): string {
  return (folder ??= compile());
}

function compile(): string {
  const files = PARTS.flatMap((part) => readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => join(part, file))).sort();
  const sources = files.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
  const hash = createHash('sha256').update(readFileSync(join(ROOT, '.swcrc')));
  for (const { file, text } of sources) hash.update(`${file}\0${text}\0`);
  const finished = join(SHELF, hash.digest('hex').slice(0, 16));
  if (existsSync(finished)) return finished;
  const draft = join(SHELF, `draft-${randomUUID()}`);
  for (const { file, text } of sources) {
    const made = join(draft, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(made), { recursive: true });
    writeFileSync(made, transformSync(text, { filename: join(ROOT, file), swcrc: true }).code);
  }
  try {
    renameSync(draft, finished);
  } catch (error) {
    // Another test file was quicker and made the same.
    if (!existsSync(finished)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  clearShelf(finished);
  return finished;
}

function clearShelf(newest: string): void {
  const made = readdirSync(SHELF).filter((name) => !name.startsWith('draft-')).map((name) => join(SHELF, name)).filter((path) => path !== newest);
  const byAge = made.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at);
  for (const { path } of byAge.slice(KEPT - 1)) rmSync(path, { recursive: true, force: true });
}
