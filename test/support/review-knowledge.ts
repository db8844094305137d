import { Knowledge } from '../../src/resources/knowledge.js';
import type { ResourceCategory, Substitution } from '../../src/resources/resource-catalogue.js';

const category = (slug: string, more: Partial<ResourceCategory> = {}): ResourceCategory => ({
  slug, family: 'matter', label: { fr: `${slug} (fr)`, en: `${slug} (en)` }, synonyms: { fr: [], en: [] }, form: 'bulk-solid', baseUnit: 't', usualWasteCodes: [], usualCpa: [], usualHs: [],
  transport: 'truck', softDistanceKm: 20, hardDistanceKm: 80, sanitaryClass: 'neutral', attributes: [], typicalNaf: { source: [], user: [] }, ...more,
});

const substitution = (output: string, input: string, route: Substitution['route'], yieldOfOne = 1): Substitution => ({
  slug: `${output}--${input}`, output, input, affinity: 0.9, yield: yieldOfOne, conditions: [], treatment: 'none', route, evidence: [{ kind: 'expert', cases: 0, source: 'test' }],
});

/** A small catalogue: two outputs and two inputs that fit, by different routes, and one of another family. */
export function reviewKnowledge(): Knowledge {
  return new Knowledge({
    qualityAttributes: [{ slug: 'moisture', label: { fr: 'Humidité', en: 'Moisture' }, type: 'number', unit: '%' }],
    categories: [
      category('offcuts', { attributes: ['moisture'] }), category('sawdust', { attributes: ['moisture'] }), category('fuel', { hardDistanceKm: 60 }), category('panel'),
      category('heat-out', { family: 'energy', baseUnit: 'MWh' }), category('heat-in', { family: 'energy', baseUnit: 'MWh' }),
    ],
    substitutions: [
      substitution('offcuts', 'fuel', 'by-product', 0.5), substitution('sawdust', 'fuel', 'by-product'), substitution('offcuts', 'panel', 'by-product'),
      substitution('sawdust', 'panel', 'permitted-site'), substitution('heat-out', 'heat-in', 'none'),
    ],
    refusals: [],
  }, [
    { code: '030105', hazardous: false, label: { fr: 'Sciures', en: 'Sawdust' }, mirrors: ['030104'] },
    { code: '030104', hazardous: true, label: { fr: 'Sciures dangereuses', en: 'Hazardous sawdust' }, mirrors: ['030105'] },
  ], [], 'test');
}
