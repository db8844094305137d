import { CategoryNames } from '../src/resources/category-names.js';
import type { Knowledge } from '../src/resources/knowledge.js';
import type { Family, ResourceCategory } from '../src/resources/resource-catalogue.js';
import type { StatedValue } from '../src/resources/stated-quality.js';
import { categorySuggester, type FlowWords, type Suggestions } from '../src/resources/suggest-category.js';
import { normaliseWasteCode } from '../src/resources/waste-code.js';
import type { TrackFlow } from './quality-track.js';

/** What a flow may be: one leaf, how sure (0 to 1), and what its words say of the qualities that decide for it. */
export interface Hypothesis {
  category: ResourceCategory;
  confidence: number;
  /** By slug of the attribute. */
  quality: Record<string, StatedValue>;
}

/** A flow of a track with what its words may mean. */
export interface ReadFlow extends TrackFlow {
  /** Six digits; empty where the list does not know the code. */
  knownCode: string;
  hypotheses: Hypothesis[];
  meaning: Suggestions['meaning'];
}

/** Readings that are less likely are left out. Those kept are many: a true pair that no reading lets through is lost, one that a weak reading lets through is ranked low. */
const LEAST = 0.01;
const MOST_READINGS = 10;

/**
 * Reads what flows may be.
 * @param suggesting false: only a text that is the very name of a category has one
 */
export function flowReader(knowledge: Knowledge, suggesting: boolean): (flow: TrackFlow) => ReadFlow {
  const suggester = categorySuggester(knowledge);
  const names = new CategoryNames(knowledge.catalogue.categories);
  const read = new Map<string, Pick<Suggestions, 'categories' | 'meaning'>>();
  return (flow) => {
    const code = normaliseWasteCode(flow.wasteCode)?.code ?? '';
    const knownCode = knowledge.wasteCode(code) === undefined ? '' : code;
    const families = familiesOf(flow);
    const words: FlowWords = {
      text: flow.textFr || flow.textEn, translation: flow.textFr === '' ? '' : flow.textEn, direction: flow.direction === 'output' ? 'output' : 'input',
      wasteCode: knownCode, naf: flow.site.naf, unit: flow.unit, ...(families === undefined ? {} : { families }),
    };
    // A track says the same of many places.
    const key = JSON.stringify(words);
    const { categories, meaning } = read.get(key) ?? suggester.suggest(words, MOST_READINGS);
    read.set(key, { categories, meaning });
    const slug = names.find(flow.textFr) ?? names.find(flow.textEn);
    const named = slug === null ? undefined : knowledge.category(slug);
    const hypotheses = suggesting ? categories.filter(({ confidence }) => confidence >= LEAST) : named === undefined ? [] : [{ category: named, confidence: 1, quality: {} }];
    return { ...flow, knownCode, hypotheses, meaning };
  };
}

/** What the kinds of a track say of the family. A need of energy may be met by a fuel; an output of energy is no matter; lists call furniture and machines to use again a waste. */
function familiesOf({ kind, direction }: TrackFlow): Family[] | undefined {
  switch (kind) {
    case 'energy': return direction === 'need' ? ['energy', 'matter'] : ['energy'];
    case 'service': return ['service', 'equipment', 'space', 'skill'];
    case 'water': return ['water'];
    case 'byproduct': case 'waste': case 'material': return ['matter', 'equipment'];
    default: return undefined;
  }
}
