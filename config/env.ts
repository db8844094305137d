import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { plainToInstance, Type } from 'class-transformer';
import { IsEmail, IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min, MinLength, validateSync } from 'class-validator';

/** What a variable is for; printed in `.env.example`, and `secret` keeps its value out of any message. */
const notes = new Map<string, { purpose: string; secret: boolean; example?: string }>();
function Setting(purpose: string, options: { secret?: boolean; example?: string } = {}): PropertyDecorator {
  return (_target, name) => void notes.set(String(name), { purpose, secret: options.secret ?? false, example: options.example });
}

/** Every setting of the process: one property a variable. Nothing else reads `process.env`. */
export class Env {
  @Setting('Port of the API and the page.', { example: '8080' })
  @Type(() => Number) @IsInt() @Min(0) @Max(65535)
  PORT = 8080;

  @Setting('Address to listen on. Behind a reverse proxy or in a container: 0.0.0.0.', { example: '127.0.0.1' })
  @IsString() @MinLength(1)
  HOST = '127.0.0.1';

  @Setting('Address under which people reach the page; in mails, and for secure cookies when it begins with https.', { example: 'https://maillon.example.org' })
  @IsOptional() @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  PUBLIC_URL?: string;

  @Setting('PostgreSQL of this process, signed in with its own role: maillon_api, maillon_worker; for `maillon migrate` an administrator. Not set: the embedded PostgreSQL in DATA_DIR.', { secret: true, example: 'postgres://maillon_api:…@postgres:5432/maillon' })
  @IsOptional() @Matches(/^postgres(ql)?:\/\//)
  DATABASE_URL?: string;

  @Setting('PostgreSQL for the worker\'s mails, role maillon_mailer. Not set: the worker sends no mail and says so.', { secret: true, example: 'postgres://maillon_mailer:…@postgres:5432/maillon' })
  @IsOptional() @Matches(/^postgres(ql)?:\/\//)
  MAILER_DATABASE_URL?: string;

  @Setting('For `maillon migrate`: passwords to give the roles it makes.', { secret: true })
  @IsOptional() @MinLength(12)
  API_ROLE_PASSWORD?: string;

  @Setting('See API_ROLE_PASSWORD.', { secret: true })
  @IsOptional() @MinLength(12)
  WORKER_ROLE_PASSWORD?: string;

  @Setting('See API_ROLE_PASSWORD.', { secret: true })
  @IsOptional() @MinLength(12)
  MAILER_ROLE_PASSWORD?: string;

  @Setting('Redis or Valkey for the queue. Not set: the queue lives in PostgreSQL.', { secret: true, example: 'redis://redis:6379' })
  @IsOptional() @Matches(/^rediss?:\/\//)
  REDIS_URL?: string;

  @Setting('Where the embedded default keeps its data.', { example: '.data' })
  @IsString() @MinLength(1)
  DATA_DIR = '.data';

  @Setting('Signs the session cookie; at least 32 characters. Not set: the embedded default makes one and keeps it in DATA_DIR.', { secret: true })
  @IsOptional() @MinLength(32)
  SESSION_SECRET?: string;

  @Setting('Signs the answer links in mails to companies; the same for API and worker, at least 32 characters. Not set: the embedded default makes one and keeps it in DATA_DIR.', { secret: true })
  @IsOptional() @MinLength(32)
  LINK_SECRET?: string;

  @Setting('SMTP server for mails. Not set: mails are written as .eml files to DATA_DIR/outbox.', { secret: true, example: 'smtp://mailpit:1025' })
  @IsOptional() @Matches(/^smtps?:\/\//)
  SMTP_URL?: string;

  @Setting('Sender of mails to our own people.', { example: 'maillon@example.org' })
  @IsEmail({ require_tld: false })
  MAIL_FROM = 'maillon@localhost';

  @Setting('CSV of communes (columns code, name, postcode, latitude, longitude) that places a site by its INSEE commune. Not set: the communes of the demo.', { example: '/data/communes.csv' })
  @IsOptional() @IsString() @MinLength(1)
  GAZETTEER_FILE?: string;

  @Setting('Address of a geocoder that answers like the Base Adresse Nationale (/search/?q=…). Not set: nobody is asked.', { example: 'https://geocoder.example.org' })
  @IsOptional() @IsUrl({ require_tld: false, require_protocol: true })
  GEOCODER_URL?: string;

  @Setting('Raster tiles under the map, with {z}, {x} and {y}; browsers ask that host for pictures. Not set: outlines of our own and no other host. The example is IGN\'s plan (Géoplateforme, WMTS).', { example: 'https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&TILEMATRIXSET=PM&FORMAT=image/png&TILEMATRIX={z}&TILECOL={x}&TILEROW={y}' })
  @IsOptional() @Matches(/^https?:\/\/[^\s/{}]+\/(?=\S*\{z\})(?=\S*\{x\})(?=\S*\{y\})\S+$/, { message: 'MAP_TILES_URL must be an http or https address with {z}, {x} and {y} in its path or query' })
  MAP_TILES_URL?: string;

  @Setting('Credit line that those tiles ask for.', { example: '© IGN, Géoplateforme' })
  @IsOptional() @IsString() @MinLength(1)
  MAP_TILES_CREDIT?: string;

  @Setting('trace, debug, info, warn, error or silent.', { example: 'info' })
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
  LOG_LEVEL = 'info';
}

/** Names and says what is wrong with each variable; never prints a value. */
export class ConfigurationError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is not valid:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  }
}

/**
 * Reads the settings from the environment.
 * @throws ConfigurationError naming each wrong variable and the rule it breaks, without its value.
 */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const given = Object.fromEntries([...notes.keys()].map((name) => [name, source[name]]).filter(([, value]) => value !== undefined && value !== ''));
  const env = plainToInstance(Env, given, { exposeDefaultValues: true });
  const problems = validateSync(env, { validationError: { target: false, value: false } })
    .flatMap((error) => Object.values(error.constraints ?? {}));
  if (env.GAZETTEER_FILE && !existsSync(env.GAZETTEER_FILE)) problems.push('GAZETTEER_FILE names a file that does not exist');
  if (problems.length > 0) throw new ConfigurationError(problems);
  return env;
}

/** Text of `.env.example`; committed, and a test compares. */
export function envExample(): string {
  const lines = [...notes].map(([name, { purpose, secret, example }]) => `# ${purpose}${secret ? ' Secret.' : ''}\n#${name}=${example ?? ''}\n`);
  return `# Settings of Maillon. Everything is optional: without any, the embedded default runs in .data/.\n\n${lines.join('\n')}`;
}
