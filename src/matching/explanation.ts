import { Messages } from '../platform/messages.js';
import type { QualityAttribute } from '../resources/resource-catalogue.js';
import type { Gate } from './kernel/gates.js';
import type { FunnelRow } from './kernel/survey.js';
import type { Part } from './kernel/parts.js';
import type { Features, Term } from './kernel/score.js';
import type { Shortfall } from './kernel/select.js';

/** What the words of a candidate are made of: all of it is stored with the candidate. */
export interface Explained {
  features: Features;
  parts: readonly Part[];
  /** Codes of the kernel's open questions. */
  questions: readonly string[];
  /** Either side's wish is "not asked": the first step is to ask the company. */
  wishNotAsked: boolean;
}

export interface ExplainedPart extends Part {
  label: string;
  why: string;
}

/** Terms that a doubt may be named for, and the words for it; regulation has its question instead. */
const DOUBTS: Partial<Record<Term, string>> = { season: 'doubt.season', category: 'doubt.category', age: 'doubt.age', treatment: 'doubt.treatment', evidence: 'doubt.evidence' };
/** A loss below this many points is not worth a word. */
const WORTH_A_WORD = 3;
/** Quantities within a twentieth of each other are equal to a reader. */
const EQUAL_WITHIN = 0.05;
const DAYS_PER_MONTH = 30.44;

/**
 * Turns what the kernel found into words of one language. The words are never stored: they are made from stored values
 * when somebody reads, in the reader's language.
 */
export class Explanation extends Messages {
  constructor(
    language: 'fr' | 'en',
    messages: Record<string, string>,
    private readonly attributes: readonly QualityAttribute[],
  ) {
    super(language, messages);
  }

  parts({ features, parts }: Pick<Explained, 'features' | 'parts'>): ExplainedPart[] {
    const gap = features.logNeedOverSupply ?? 0;
    const values: Record<string, string | number> = {
      affinity: features.affinity, km: features.distanceKm, soft: features.softDistanceKm, share: Math.exp(-Math.abs(gap)),
      months: Math.floor((features.ageYears * 365.25) / DAYS_PER_MONTH), count: features.openQuestions,
    };
    const season = { known: features.commonMonths === null ? 'no' : 'yes', share: features.commonMonths ?? 0 };
    return parts.map((part) => ({
      ...part, label: this.say(`term.${part.term}`), why: this.say(`why.${part.term}`, part.term === 'season' ? season : values),
    }));
  }

  /** "à 12 km, 80 % du besoin couvert, mais …" */
  sentence(explained: Explained): string {
    const gap = explained.features.logNeedOverSupply;
    const share = Math.exp(-Math.abs(gap ?? 0));
    const fit = gap === null ? 'fit.unknown' : 1 - share < EQUAL_WITHIN ? 'fit.equal' : gap > 0 ? 'fit.covers' : 'fit.absorbs';
    const what = this.doubt(explained);
    return this.say('sentence', {
      km: explained.features.distanceKm, fit: this.say(fit, { share }), doubt: what === null ? this.say('doubt.none') : this.say('doubt.one', { what }),
    });
  }

  /** What to ask first on the telephone. */
  firstQuestion({ questions, wishNotAsked }: Pick<Explained, 'questions' | 'wishNotAsked'>): string {
    if (wishNotAsked) return this.say('first.not-asked');
    return questions.length > 0 ? this.question(questions[0]) : this.say('first.default');
  }

  question(code: string): string {
    const attribute = this.attributeOf(code);
    return attribute === null ? this.say(`question.${code}`) : this.say('question.condition', { side: attribute.side, attribute: attribute.name });
  }

  /** The term that costs most of those that somebody can do something about, and what clearing it would bring. */
  whatWouldChange({ parts }: Pick<Explained, 'parts'>): string {
    const movable = parts.filter(({ term, points }) => points <= -WORTH_A_WORD && term !== 'start' && term !== 'learnt');
    if (movable.length === 0) return this.say('change.none');
    const worst = movable.reduce((a, b) => (b.points < a.points ? b : a));
    return this.say('change.term', { term: this.say(`term.${worst.term}`), points: -worst.points });
  }

  gate(gate: Gate): string {
    return this.say(`gate.${gate}`);
  }

  /** Why a list is short; empty when it is full. */
  shortfall(shortfall: Shortfall | null, funnel: readonly FunnelRow[]): string {
    if (shortfall === null) return this.say('short.full');
    const capped = Object.values(shortfall.cappedOff).reduce((sum, count) => sum + count, 0);
    const reason = capped > 0 ? this.say('short.capped', { count: capped })
      : shortfall.bestBelowPoints !== null ? this.say('short.below', { best: shortfall.bestBelowPoints, threshold: shortfall.thresholdPoints })
        : this.say('short.none');
    const main = funnel.filter(({ gate }) => gate !== 'no-substitution').reduce<FunnelRow | null>((a, b) => (a === null || b.removed > a.removed ? b : a), null);
    return main === null || main.removed === 0 ? reason : `${reason} ${this.say(main.exact ? 'main-gate' : 'main-gate-about', { gate: this.gate(main.gate), count: main.removed })}`;
  }

  /** What a question about a condition asks for; null for the other questions. */
  private attributeOf(code: string): { side: string; name: string } | null {
    const condition = /^condition:(output|input)\.(.+)$/.exec(code);
    return condition && { side: condition[1], name: this.attributes.find(({ slug }) => slug === condition[2])?.label[this.language] ?? condition[2] };
  }

  private doubt({ parts, questions, features }: Explained): string | null {
    if (questions.length > 0) {
      const attribute = this.attributeOf(questions[0]);
      return attribute === null ? this.say(`doubt.${questions[0]}`) : this.say('doubt.condition', { attribute: attribute.name.toLowerCase() });
    }
    const worst = parts.filter(({ term, points }) => DOUBTS[term] !== undefined && points <= -WORTH_A_WORD).sort((a, b) => a.points - b.points)[0];
    return worst === undefined ? null : this.say(DOUBTS[worst.term] as string, { share: features.commonMonths ?? 0 });
  }
}
