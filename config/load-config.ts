import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePolicy, type Policy } from '../src/matching/policy.js';
import { type KnowledgeFile, parseNaf, parseResourceCatalogue, parseWasteCodes } from '../src/resources/parse-catalogue.js';
import { Knowledge } from '../src/resources/knowledge.js';
import { parseRegulation } from '../src/resources/regulation.js';
import { parseVocabulary } from '../src/resources/vocabulary.js';

/** The folder that holds package.json, both when run from source and from dist/. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('package.json is not above this program');
  return findRoot(parent);
}

function readJson(name: string): unknown {
  const text = readFileSync(join(PACKAGE_ROOT, 'config', name), 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`config/${name} is not JSON: ${(error as Error).message}`);
  }
}

/** The files of `config/knowledge`, in the order of their names. */
function readKnowledgeFiles(): KnowledgeFile[] {
  const names = readdirSync(join(PACKAGE_ROOT, 'config', 'knowledge')).filter((name) => name.endsWith('.json')).sort();
  return names.map((name) => ({ name: `knowledge/${name}`, json: readJson(`knowledge/${name}`) }));
}

/** JSON with sorted keys, so that equal values have equal bytes. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner);
}

/**
 * Resource categories and substitutions from `config/knowledge`, waste codes, NAF classes, vocabulary and regulation from `config/*.json`.
 * @throws when a file breaks a rule, naming the file and the entry: the process does not start on doubtful knowledge.
 */
export function loadKnowledge(): Knowledge {
  const catalogue = parseResourceCatalogue(readKnowledgeFiles());
  const wasteCodes = parseWasteCodes(readJson('waste-codes.json'), 'waste-codes.json');
  const naf = parseNaf(readJson('naf.json'), 'naf.json');
  const concepts = parseVocabulary(readJson('vocabulary.json'), 'vocabulary.json');
  const hash = createHash('sha256').update(canonical({ catalogue, wasteCodes })).digest('hex');
  const regulation = parseRegulation(readJson('regulation.json'), 'regulation.json', catalogue);
  return new Knowledge(catalogue, wasteCodes, naf, hash, concepts, regulation);
}

/** The policy that a new territory begins with, as version 1. */
export function loadDefaultPolicy(): Policy {
  return parsePolicy(readJson('matching-policy.default.json'), 'matching-policy.default.json');
}

/** Messages of a room in a language, by key, in ICU message syntax. */
export function loadMessages(room: string, language: 'fr' | 'en'): Record<string, string> {
  return readJson(`messages/${room}.${language}.json`) as Record<string, string>;
}
