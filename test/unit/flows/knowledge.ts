import { readFileSync } from 'node:fs';
import { Knowledge } from '../../../src/resources/knowledge.js';
import { parseNaf, parseResourceCatalogue, parseWasteCodes } from '../../../src/resources/parse-catalogue.js';

function json(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../config/${name}`, import.meta.url), 'utf8'));
}

/** The shipped knowledge files, read once for a test file. */
export function shippedKnowledge(): Knowledge {
  return new Knowledge(
    parseResourceCatalogue(json('resource-categories.json'), 'resource-categories.json'),
    parseWasteCodes(json('waste-codes.json'), 'waste-codes.json'),
    parseNaf(json('naf.json'), 'naf.json'),
    'test',
  );
}
