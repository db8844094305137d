import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const CONFIG = resolve(ROOT, '.dependency-cruiser.cjs');
const rules = (createRequire(import.meta.url)(CONFIG) as { forbidden: { name: string }[] }).forbidden.map((rule) => rule.name);

interface Report {
  summary: { violations: { from: string; to: string; rule: { name: string } }[]; totalCruised: number };
}

function cruise(folder: string, ...parts: string[]): Report['summary'] {
  const program = resolve(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [program, '--config', CONFIG, '--output-type', 'json', ...parts], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!stdout) throw new Error(stderr);
  return (JSON.parse(stdout) as Report).summary;
}

describe('import rules', () => {
  it('hold in the whole tree', () => {
    const { violations, totalCruised } = cruise(ROOT, 'src', 'workers', 'config', 'web/src');
    expect(totalCruised).toBeGreaterThan(50);
    expect(violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });

  it('each notice the house that breaks them', () => {
    const { violations } = cruise(resolve(ROOT, 'test/fixtures/house'), 'src', 'workers', 'config', 'web', 'test');
    const noticed = new Set(violations.map(({ rule }) => rule.name));
    expect(rules.filter((rule) => !noticed.has(rule))).toEqual([]);
    // Promise P1's lock of imports: the room that may is let through, the one that may not is named.
    expect(violations.filter(({ rule }) => rule.name === 'only-introductions-write-to-companies').map(({ from, to }) => `${from} → ${to}`))
      .toEqual(['src/flows/call-out.ts → src/platform/company-mail.ts']);
  });
});
