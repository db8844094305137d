#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../config/env.js';
import { createTerritoryCommand, createUserCommand, disableUserCommand, migrateCommand } from './cli/administration.js';
import { healthCommand } from './cli/health.js';
import { importCommand } from './cli/import.js';
import { openApiCommand, printEnvExample } from './cli/generated-files.js';
import { runCommand } from './cli/run.js';
import { UsageError } from './cli/usage-error.js';

const USAGE = `maillon <command>

  migrate                                       make or update tables and roles (DATABASE_URL: an administrator)
  create-territory --name NAME [--slug SLUG] [--time-zone ZONE]
  create-user --territory SLUG --email MAIL --name NAME --role ROLE… [--minutes N] [--password-stdin]
                                                without a password an invitation is mailed
  disable-user --email MAIL                     shuts a person out of every territory and ends their sessions
  import FILE… [--territory SLUG] [--kind KIND] [--mapping NAME]
                                                companies, sites, contacts, agreements, flows, synergies from CSV or XLSX
  run [--territory SLUG]                        a weekly run now
  run --again RUN [--territory SLUG]            make a past list again from what it kept, and compare
  health api|worker                             for container health checks
  openapi | env-example                         print a generated file

Without DATABASE_URL a command works on the embedded default in DATA_DIR.`;

const COMMANDS: Record<string, (args: string[]) => Promise<void>> = {
  migrate: () => migrateCommand(),
  'create-territory': createTerritoryCommand,
  'create-user': createUserCommand,
  'disable-user': disableUserCommand,
  import: importCommand,
  run: runCommand,
  health: healthCommand,
  openapi: () => openApiCommand(),
  'env-example': () => printEnvExample(),
};

async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  const { values } = parseArgs({ args: name === undefined ? [] : [name], options: { help: { type: 'boolean', short: 'h' } }, allowPositionals: true, strict: false });
  if (name === undefined || values.help || name === 'help') return void process.stdout.write(`${USAGE}\n`);
  const command = COMMANDS[name];
  if (command === undefined) throw new UsageError(`There is no command ${JSON.stringify(name)}.\n\n${USAGE}`);
  await command(args);
}

main().then(() => process.exit(process.exitCode ?? 0), (error: unknown) => {
  const known = error instanceof ConfigurationError || error instanceof UsageError;
  const { code } = error as { code?: string };
  // parseArgs says plainly which option is wrong.
  const plain = known || code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${plain ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(error instanceof ConfigurationError ? 78 : 1);
});
