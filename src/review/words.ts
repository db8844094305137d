import type { Language } from '../access/access.entities.js';
import type { Explanation } from '../matching/explanation.js';
import { readLiftText } from '../matching/pair-block.js';
import { Messages } from '../platform/messages.js';
import type { Reason } from './reasons.js';

/** The words of this room in one language. */
export class ReviewWords extends Messages {
  constructor(
    language: Language,
    messages: Record<string, string>,
    /** Words for scores, gates and questions. */
    readonly explanation: Explanation,
  ) {
    super(language, messages);
  }

  reason(slug: string): string {
    return this.say(`reason.${slug}`);
  }

  /** When a pair rejected for this reason comes back. */
  afterwards({ afterwards }: Reason): string {
    switch (afterwards.until) {
      case 'change': return this.say('after.change', { what: this.rules(afterwards.anyOf) });
      case 'months': return afterwards.unless.length === 0
        ? this.say('after.months', { months: afterwards.months })
        : this.say('after.months-unless', { months: afterwards.months, what: this.rules(afterwards.unless) });
      default: return this.say(`after.${afterwards.until}`);
    }
  }

  /** Conditions of which any one is enough, as a sentence's part. */
  rules(anyOf: readonly string[]): string {
    return new Intl.ListFormat(this.language, { type: 'disjunction' }).format(anyOf.map((rule) => this.say(`rule.${rule}`)));
  }

  /** What brought a pair back. @param text `candidate.returned_because` */
  lift(text: string): string {
    const { because, values } = readLiftText(text);
    const side = values['side'] === undefined ? '' : this.say(`side.${values['side']}`);
    const percent = values['percent'];
    if (percent === 'unknown') return this.say('lift.quantity-changed.unknown', { side });
    const spoken = { ...values, side, ...(percent !== undefined && !percent.startsWith('-') ? { percent: `+${percent}` } : {}) };
    return this.say(`lift.${because}`, { ...spoken, ...('day' in values ? { day: this.day(values['day']) } : {}), ...('km' in values ? { km: this.number(Number(values['km'])) } : {}) });
  }

  /** A day in the reader's order. @param day `YYYY-MM-DD` or a moment */
  day(day: string | Date): string {
    const at = typeof day === 'string' ? new Date(`${day.slice(0, 10)}T00:00:00Z`) : day;
    return new Intl.DateTimeFormat(this.language, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
  }

  /** @param digits decimals at most */
  number(value: number, digits = 1): string {
    return new Intl.NumberFormat(this.language, { maximumFractionDigits: digits }).format(value);
  }
}

/** The words in every language of our people. */
export class Wordings {
  constructor(private readonly words: Record<Language, ReviewWords>) {}

  in(language: Language): ReviewWords {
    return this.words[language];
  }
}
