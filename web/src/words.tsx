import { IntlMessageFormat } from 'intl-messageformat';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import adminEn from './messages/admin.en.json';
import adminFr from './messages/admin.fr.json';
import answerEn from './messages/answer.en.json';
import answerFr from './messages/answer.fr.json';
import appEn from './messages/app.en.json';
import appFr from './messages/app.fr.json';
import captureEn from './messages/capture.en.json';
import captureFr from './messages/capture.fr.json';
import companiesEn from './messages/companies.en.json';
import companiesFr from './messages/companies.fr.json';
import formsEn from './messages/forms.en.json';
import formsFr from './messages/forms.fr.json';
import importsEn from './messages/imports.en.json';
import importsFr from './messages/imports.fr.json';
import introductionsEn from './messages/introductions.en.json';
import introductionsFr from './messages/introductions.fr.json';
import mapEn from './messages/map.en.json';
import mapFr from './messages/map.fr.json';
import monthEn from './messages/month.en.json';
import monthFr from './messages/month.fr.json';
import tuningEn from './messages/tuning.en.json';
import tuningFr from './messages/tuning.fr.json';

export const LANGUAGES = ['fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

// One pair of files a section of the product.
const fr = { ...appFr, ...introductionsFr, ...answerFr, ...adminFr, ...captureFr, ...companiesFr, ...formsFr, ...importsFr, ...mapFr, ...monthFr, ...tuningFr };
const en = { ...appEn, ...introductionsEn, ...answerEn, ...adminEn, ...captureEn, ...companiesEn, ...formsEn, ...importsEn, ...mapEn, ...monthEn, ...tuningEn };
export type MessageKey = keyof typeof fr;
type Values = Record<string, string | number>;

// A key that one language lacks does not compile.
const MESSAGES: Record<Language, Record<MessageKey, string>> = { fr, en };
const LOCALES: Record<Language, string> = { fr: 'fr-FR', en: 'en-GB' };
const STORED = 'maillon.language';

/** Texts, numbers and dates in the language on screen. */
export interface Words {
  language: Language;
  setLanguage(language: Language): void;
  t(key: MessageKey, values?: Values): string;
  /** The message of a key made at run time, such as `verdict.` + verdict; the fallback where there is none. */
  of(prefix: string, value: string, fallback?: string): string;
  number(value: number, options?: Intl.NumberFormatOptions): string;
  /** 0.84 → `84 %` */
  share(value: number): string;
  /** `420 t`; three significant figures below a hundred, whole numbers above. */
  quantity(value: number, unit: string): string;
  /** `420 t par an`; a surface is not used up: `80 m²`. */
  yearly(value: number, unit: string): string;
  /** Points of the score, with a real minus sign and always a sign when asked. */
  points(value: number, signed?: boolean): string;
  /** `Lot minimal : 10 t`, with the blanks of the language. */
  pair(name: string, value: string | number): string;
  /** A calendar day or a moment, `23 nov. 2026`. */
  day(iso: string): string;
  /** A moment, `23 nov. 2026, 14:05`. */
  moment(iso: string): string;
  /** Short names of the months, January first. */
  months: string[];
}

const formats = new Map<string, IntlMessageFormat>();

function makeWords(language: Language, setLanguage: (language: Language) => void): Words {
  const locale = LOCALES[language];
  const messages = MESSAGES[language];
  const t = (key: MessageKey, values: Values = {}): string => {
    const id = `${language} ${key}`;
    let format = formats.get(id);
    if (!format) {
      format = new IntlMessageFormat(messages[key], locale);
      formats.set(id, format);
    }
    return String(format.format(values));
  };
  const of = (prefix: string, value: string, fallback = value): string => (`${prefix}.${value}` in messages ? t(`${prefix}.${value}` as MessageKey) : fallback);
  const number = (value: number, options?: Intl.NumberFormatOptions): string => new Intl.NumberFormat(locale, options).format(value);
  const quantity = (value: number, unit: string): string => `${number(value, Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 })}\u00a0${of('unit', unit)}`;
  return {
    language,
    setLanguage,
    t,
    of,
    number,
    quantity,
    yearly: (value, unit) => (unit === 'm2' ? quantity(value, unit) : t('lead.aYear', { quantity: quantity(value, unit) })),
    share: (value) => (value > 0 && value < 0.005 ? t('share.tiny') : number(value, { style: 'percent', maximumFractionDigits: 0 })),
    points: (value, signed = false) => number(value, { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: signed ? 'exceptZero' : 'auto' }).replace('-', '−'),
    pair: (name, value) => t('pair', { name, value }),
    // A bare day has no time zone: read as noon, it is the same day everywhere.
    day: (iso) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(iso.length === 10 ? `${iso}T12:00:00` : iso)),
    moment: (iso) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(iso)),
    months: Array.from({ length: 12 }, (_unused, month) => new Intl.DateTimeFormat(locale, { month: 'long' }).format(new Date(2026, month, 1))),
  };
}

/** Null also where the browser lets nothing be stored: the pages work all the same. */
function storedLanguage(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

const WordsContext = createContext<Words | null>(null);

export function WordsProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, remember] = useState<Language>(() => LANGUAGES.find((known) => known === storedLanguage()) ?? 'fr');
  const setLanguage = useCallback((chosen: Language) => {
    remember(chosen);
    try {
      localStorage.setItem(STORED, chosen);
    } catch {
      // Kept until the page is closed.
    }
  }, []);
  useEffect(() => void (document.documentElement.lang = language), [language]);
  const words = useMemo(() => makeWords(language, setLanguage), [language, setLanguage]);
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error('WordsProvider is missing');
  return words;
}
