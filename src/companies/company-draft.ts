import type { FieldError } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import { normaliseNaf } from '../resources/naf.js';
import type { Company, ConfidentialityAgreement, ContactPerson, Site } from './companies.entities.js';
import { companyRef, contactRef, parseCommuneCode, parseSiren, parseSiret, sirenOfSiret, siteRef } from './identity.js';
import { isBlank, quote, readBoolean, readChoice, readDay, readNumber, readText } from './words.js';

type Words = string | null | undefined;

export interface CompanyFields {
  /** The sender's own key, for a company without SIREN. */
  ref?: Words;
  siren?: Words;
  name?: Words;
  naf?: Words;
  groupRef?: Words;
}
/** Columns of a company that its words decide; `ref` is empty when neither SIREN nor a reference was given. */
export type CompanyValues = Pick<Company, 'ref' | 'siren' | 'name' | 'naf' | 'groupRef'>;

export interface SiteFields {
  ref?: Words;
  siret?: Words;
  name?: Words;
  naf?: Words;
  address?: Words;
  postcode?: Words;
  communeCode?: Words;
  commune?: Words;
  latitude?: number | string | null;
  longitude?: number | string | null;
  /** none, declaration, registration, authorisation, or the French words. */
  permitRegime?: Words;
  /** ICPE headings: a list, or words parted by commas, semicolons or blanks. */
  permitHeadings?: readonly string[] | string | null;
  hazardousPermitted?: boolean | string | null;
}
export type SiteValues = Omit<Site, 'id' | 'territoryId' | 'companyId' | 'createdAt' | 'updatedAt'>;

export interface ContactFields {
  name?: Words;
  position?: Words;
  email?: Words;
  phone?: Words;
  /** fr or en; absent: fr. */
  language?: Words;
  opposedToMail?: boolean | string | null;
}
export type ContactValues = Omit<ContactPerson, 'id' | 'territoryId' | 'companyId' | 'updatedAt'>;

export interface AgreementFields {
  scope?: Words;
  signedOn?: Words;
  validUntil?: Words;
}
export type AgreementValues = Pick<ConfidentialityAgreement, 'scope' | 'signedOn' | 'validUntil'>;

export interface Drafted<Values> {
  /** What was understood; not to be stored when there are errors. */
  values: Values;
  errors: FieldError[];
}

/** ICPE regimes with the words of the nomenclature: D and DC, E, A. */
const PERMIT_WORDS = {
  none: ['aucun', 'aucune', 'non classe', 'nc', 'non soumis'],
  declaration: ['d', 'dc', 'declare'],
  registration: ['e', 'enregistrement'],
  authorisation: ['a', 'autorisation', 'authorization', 'seveso', 'as'],
} as const satisfies Record<string, readonly string[]>;

const LANGUAGE_WORDS = { fr: ['francais', 'french'], en: ['anglais', 'english'] } as const;
const LONGEST = 300;

class Reader {
  readonly errors: FieldError[] = [];

  refuse(field: string, code: string, found: unknown, expected: string): null {
    this.errors.push({ field, code, found: quote(found), expected });
    return null;
  }

  text(field: string, value: Words, needed?: string): string | null {
    const text = readText(value);
    if (text === null && needed) this.refuse(field, 'missing', value, needed);
    if (text !== null && text.length > LONGEST) return this.refuse(field, 'too-long', `${text.length} characters`, `at most ${LONGEST} characters`);
    return text;
  }

  siren(value: Words): string | null {
    if (isBlank(value)) return null;
    const parsed = parseSiren(value!);
    return 'value' in parsed ? parsed.value : this.refuse('siren', `siren-${parsed.fault}`, value, parsed.expected);
  }

  siret(value: Words): string | null {
    if (isBlank(value)) return null;
    const parsed = parseSiret(value!);
    return 'value' in parsed ? parsed.value : this.refuse('siret', `siret-${parsed.fault}`, value, parsed.expected);
  }

  naf(value: Words, knowledge: Knowledge): string | null {
    if (isBlank(value)) return null;
    const code = normaliseNaf(value!);
    if (code === null || !knowledge.naf(code)) return this.refuse('naf', 'unknown-naf', value, 'a NAF sub-class, such as 11.05Z');
    return code;
  }

  /** Degrees; both or none. */
  place(latitude: SiteFields['latitude'], longitude: SiteFields['longitude']): { latitude: number | null; longitude: number | null } {
    const one = (field: 'latitude' | 'longitude', value: number | string | null | undefined, most: number): number | null => {
      if (isBlank(value)) return null;
      const degrees = readNumber(value);
      if (degrees === null) return this.refuse(field, 'not-a-number', value, 'degrees, WGS 84');
      return Math.abs(degrees) <= most ? degrees : this.refuse(field, 'outside-the-world', value, `between -${most} and ${most} degrees`);
    };
    const before = this.errors.length;
    const place = { latitude: one('latitude', latitude, 90), longitude: one('longitude', longitude, 180) };
    if (this.errors.length === before && (place.latitude === null) !== (place.longitude === null)) {
      this.refuse(place.latitude === null ? 'latitude' : 'longitude', 'missing', null, 'both coordinates or none');
    }
    return place.latitude === null || place.longitude === null ? { latitude: null, longitude: null } : place;
  }

  day(field: string, value: Words, needed?: string): string | null {
    if (isBlank(value)) return needed ? this.refuse(field, 'missing', value, needed) : null;
    return readDay(value) ?? this.refuse(field, 'not-a-date', value, 'a day, 2026-12-31 or 31/12/2026');
  }

  boolean(field: string, value: boolean | string | null | undefined): boolean | null {
    if (isBlank(value)) return null;
    return readBoolean(value) ?? this.refuse(field, 'not-yes-or-no', value, 'true or false (oui, non)');
  }

  choice<Value extends string>(field: string, value: Words, words: Readonly<Record<Value, readonly string[]>>): Value | null {
    if (isBlank(value)) return null;
    return readChoice(value, words) ?? this.refuse(field, 'unknown-word', value, `one of ${Object.keys(words).join(', ')}`);
  }

  form(field: string, value: Words, shape: RegExp, expected: string): string | null {
    const text = readText(value);
    return text === null || shape.test(text) ? text : this.refuse(field, 'form', value, expected);
  }
}

/** Checks a company's words. Never throws. */
export function draftCompany(fields: CompanyFields, knowledge: Knowledge): Drafted<CompanyValues> {
  const reader = new Reader();
  const siren = reader.siren(fields.siren);
  const values: CompanyValues = {
    ref: companyRef(siren, reader.text('ref', fields.ref)) ?? '',
    siren,
    name: reader.text('name', fields.name, 'the name of the company') ?? '',
    naf: reader.naf(fields.naf, knowledge),
    groupRef: reader.text('groupRef', fields.groupRef),
  };
  return { values, errors: reader.errors };
}

/**
 * Checks a site's words. Never throws. A place given by coordinates is of origin `site`; without them the caller may resolve
 * the commune.
 * @param companySiren where known: a SIRET of another company is refused
 */
export function draftSite(fields: SiteFields, knowledge: Knowledge, companySiren: string | null = null): Drafted<SiteValues> {
  const reader = new Reader();
  const siret = reader.siret(fields.siret);
  if (siret !== null && companySiren !== null && sirenOfSiret(siret) !== companySiren) {
    reader.refuse('siret', 'siret-of-another-company', siret, `a SIRET that begins with the company's SIREN ${companySiren}`);
  }
  const communeCode = isBlank(fields.communeCode) ? null
    : parseCommuneCode(fields.communeCode!) ?? reader.refuse('communeCode', 'form', fields.communeCode, 'an INSEE code of a commune, such as 82121');
  const headings = typeof fields.permitHeadings === 'string' ? fields.permitHeadings.split(/[\s,;|]+/u) : fields.permitHeadings ?? [];
  const place = reader.place(fields.latitude, fields.longitude);
  const values: SiteValues = {
    ref: siteRef(siret, reader.text('ref', fields.ref)) ?? '',
    siret,
    name: reader.text('name', fields.name),
    naf: reader.naf(fields.naf, knowledge),
    address: reader.text('address', fields.address),
    postcode: reader.form('postcode', fields.postcode, /^[0-9]{5}$/, 'a postcode of five digits'),
    communeCode,
    commune: reader.text('commune', fields.commune),
    ...place,
    placeOrigin: place.latitude === null ? null : 'site',
    permitRegime: reader.choice('permitRegime', fields.permitRegime, PERMIT_WORDS),
    permitHeadings: [...new Set(headings.map((heading) => heading.trim()).filter((heading) => heading !== ''))].map((heading) => {
      if (!/^[0-9]{4}(-[0-9A-Za-z.-]{1,8})?$/.test(heading)) reader.refuse('permitHeadings', 'form', heading, 'ICPE headings of four digits, such as 2791 or 2791-1');
      return heading;
    }),
    hazardousPermitted: reader.boolean('hazardousPermitted', fields.hazardousPermitted),
  };
  return { values, errors: reader.errors };
}

/** Checks a contact person's words. Never throws. */
export function draftContact(fields: ContactFields): Drafted<ContactValues> {
  const reader = new Reader();
  const email = reader.form('email', fields.email, /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]{2,}$/, 'a mail address')?.toLowerCase() ?? null;
  const name = reader.text('name', fields.name) ?? email;
  if (name === null) reader.refuse('name', 'missing', fields.name, 'the name or the mail address of the person');
  const values: ContactValues = {
    ref: contactRef(email, name ?? ''),
    name: name ?? '',
    position: reader.text('position', fields.position),
    email,
    phone: reader.form('phone', fields.phone, /^[+0-9][0-9 ().-]{5,24}$/, 'a phone number'),
    language: reader.choice('language', fields.language, LANGUAGE_WORDS) ?? 'fr',
    opposedToMail: reader.boolean('opposedToMail', fields.opposedToMail) ?? false,
  };
  return { values, errors: reader.errors };
}

/** Checks a confidentiality agreement's words. Never throws. @param today no agreement is signed later, `YYYY-MM-DD` */
export function draftAgreement(fields: AgreementFields, today: string): Drafted<AgreementValues> {
  const reader = new Reader();
  const signedOn = reader.day('signedOn', fields.signedOn, 'the day of the signature');
  const validUntil = reader.day('validUntil', fields.validUntil);
  if (signedOn !== null && signedOn > today) reader.refuse('signedOn', 'in-the-future', fields.signedOn, `at the latest ${today}`);
  if (signedOn !== null && validUntil !== null && validUntil < signedOn) reader.refuse('validUntil', 'before-signature', fields.validUntil, `at the earliest ${signedOn}`);
  return { values: { scope: reader.text('scope', fields.scope, 'what the agreement covers') ?? '', signedOn: signedOn ?? '', validUntil }, errors: reader.errors };
}
