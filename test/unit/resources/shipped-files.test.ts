import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseNaf, parseResourceCatalogue, parseWasteCodes } from '../../../src/resources/parse-catalogue.js';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../config/${name}`, import.meta.url), 'utf8'));

describe('the shipped knowledge files', () => {
  it('parse', () => {
    const c = parseResourceCatalogue(read('resource-categories.json'), 'resource-categories.json');
    expect(c.categories.length).toBe(173);
    expect(parseWasteCodes(read('waste-codes.json'), 'waste-codes.json').length).toBe(842);
    expect(parseNaf(read('naf.json'), 'naf.json').length).toBe(732);
  });
});
