import { loadKnowledge } from '../../config/load-config.js';
import type { Substitution } from '../../src/resources/resource-catalogue.js';
import { Knowledge } from '../../src/resources/knowledge.js';

/**
 * The product's knowledge with one substitution a pair of categories, the one of the highest affinity: where conditions
 * tell several apart, the rivals' SQL would have to ask all of them for every pair, and measure that instead.
 */
export function benchKnowledge(): Knowledge {
  const { catalogue, wasteCodes, activities, hash, concepts, regulation } = loadKnowledge();
  const best = new Map<string, Substitution>();
  for (const one of catalogue.substitutions) {
    const pair = `${one.output} ${one.input}`;
    if ((best.get(pair)?.affinity ?? 0) < one.affinity) best.set(pair, one);
  }
  return new Knowledge({ ...catalogue, substitutions: [...best.values()] }, wasteCodes, activities, hash, concepts, regulation);
}
