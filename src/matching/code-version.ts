import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../config/load-config.js';

let known: string | undefined;

/** The version of the program, from package.json: what a run notes beside its input. */
export function codeVersion(): string {
  known ??= (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
  return known;
}
