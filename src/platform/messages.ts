import { IntlMessageFormat } from 'intl-messageformat';

export type MessageValues = Record<string, string | number | Date>;

/** Messages of one language (ICU MessageFormat), each read when it is first said. */
export class Messages {
  private readonly formats = new Map<string, IntlMessageFormat>();

  /** @param texts by key */
  constructor(
    readonly language: 'fr' | 'en',
    private readonly texts: Readonly<Record<string, string>>,
  ) {}

  /** @throws when there are no words for the key */
  say(key: string, values: MessageValues = {}): string {
    let format = this.formats.get(key);
    if (format === undefined) {
      const text = this.texts[key];
      if (text === undefined) throw new Error(`There are no words for ${JSON.stringify(key)} in ${this.language}`);
      format = new IntlMessageFormat(text, this.language);
      this.formats.set(key, format);
    }
    return String(format.format(values));
  }
}
