import { type AgreementValues, type ContactValues, draftAgreement, draftCompany, draftContact, draftSite, type SiteValues } from '../companies/company-draft.js';
import { companyRef, parseSiren, parseSiret, sirenOfSiret } from '../companies/identity.js';
import { quote, readDay, readText } from '../companies/words.js';
import { draftFlow, type FlowValues } from '../flows/flow-draft.js';
import type { FieldError } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { Column, Kind, Part } from './columns.js';
import { FileMemory, nameKey } from './file-memory.js';
import type { FileRow } from './file-row.js';
import type { Gazetteer } from './gazetteer.js';

/** Why a row is refused: the column as the file calls it, what stood there, what should. */
export interface RowError {
  column: string;
  code: string;
  found: string;
  expected: string;
}

export interface CompanyPart {
  ref: string;
  siren: string | null;
  name: string | null;
  naf: string | null;
  groupRef: string | null;
  /** Lower case. */
  referentEmail: string | null;
  /** The row gave a name and no number: a known company of that name is meant. */
  byName: boolean;
}

export interface SitePart extends SiteValues {
  /** What a geocoder may be asked when the row gives no coordinates. */
  question: string | null;
}

export interface FlowPart {
  values: FlowValues;
  dayGiven: boolean;
  qualityGiven: ReadonlySet<string>;
}

export interface SynergyPart {
  output: string;
  input: string;
  startedOn: string | null;
  endedOn: string | null;
}

/** A row as it was understood. With errors nothing of it is stored. */
export interface ReadRow {
  number: number;
  cells: string[];
  errors: RowError[];
  company: CompanyPart | null;
  site: SitePart | null;
  contact: ContactValues | null;
  agreement: AgreementValues | null;
  flow: FlowPart | null;
  synergy: SynergyPart | null;
  /** The advisor that this very row names, lower case; `company` may have one from another row. */
  referentEmail: string | null;
  /** Why the commune could not be placed; matters only where nothing else places the site. */
  placeError: RowError | null;
}

export interface ReadingRules {
  kind: Kind;
  headers: readonly string[];
  /** By position; null: not read. */
  columns: readonly (Column | null)[];
  knowledge: Knowledge;
  gazetteer: Gazetteer;
  /** A geocoder will be asked about sites without coordinates. */
  geocoding: boolean;
  /** Day of the territory. */
  today: string;
  memory: FileMemory;
}

/** Where the scope of an agreement has no column of its own. */
const SCOPE_UNSAID = 'non précisé';

/** Reads the rows of one sheet, in order: pure but for what the memory keeps from row to row. */
export class RowReader {
  private readonly positions = new Map<string, number>();
  private readonly byField = new Map<string, Column>();
  private readonly qualityGiven: ReadonlySet<string>;
  private cells: readonly string[] = [];
  private errors: RowError[] = [];

  constructor(private readonly rules: ReadingRules, allColumns: readonly Column[]) {
    rules.columns.forEach((column, position) => column && this.positions.set(column.key, position));
    for (const column of allColumns) this.byField.set(`${column.part} ${column.field}`, column);
    this.qualityGiven = new Set([...this.positions.keys()].filter((key) => key.startsWith('quality.')).map((key) => key.slice('quality.'.length)));
  }

  read(row: FileRow): ReadRow {
    this.cells = row.cells;
    this.errors = [];
    const { kind, memory } = this.rules;
    const result: ReadRow = { number: row.number, cells: row.cells, errors: this.errors, company: null, site: null, contact: null, agreement: null, flow: null, synergy: null, referentEmail: null, placeError: null };
    if (kind === 'synergies') {
      result.synergy = this.synergy();
    } else {
      const company = this.company();
      result.company = company;
      result.referentEmail = company?.referentEmail ?? null;
      if (this.hasSite()) result.site = this.site(company, result);
      if (kind === 'contacts' || this.any('contact_name', 'contact_email')) result.contact = this.contact();
      if (kind === 'agreements' || this.any('agreement_signed_on')) result.agreement = this.agreement();
      if (kind === 'flows') result.flow = this.flow(result.site);
      if (company === null && kind !== 'flows' && this.errors.length === 0) this.refuse('siren', 'missing', null, 'the company: SIREN, SIRET, reference or name');
    }
    if (this.errors.length > 0) return result;
    this.remember(result, memory);
    return result;
  }

  private cell(key: string): string | null {
    const position = this.positions.get(key);
    const text = position === undefined ? '' : this.cells[position] ?? '';
    return text === '' ? null : text;
  }

  /** The file has this column. */
  has(key: string): boolean {
    return this.positions.has(key);
  }

  private any(...keys: string[]): boolean {
    return keys.some((key) => this.cell(key) !== null);
  }

  /** A day as text; spreadsheets write days as numbers of days since the end of 1899. */
  private day(key: string): string | null {
    const text = this.cell(key);
    if (text === null || !/^[2-8]\d{4}$/.test(text)) return text;
    return new Date(Date.UTC(1899, 11, 30) + Number(text) * 86_400_000).toISOString().slice(0, 10);
  }

  /** With the zeros that a spreadsheet took for unneeded; nothing but zeros is how some lists write that there is no number. */
  private digits(key: string, length: number, fewest: number): string | null {
    const text = this.cell(key);
    const digits = text?.replace(/[\s\u00a0\u202f]/gu, '') ?? '';
    if (/^0+$/.test(digits)) return null;
    return /^\d+$/.test(digits) && digits.length >= fewest && digits.length < length ? digits.padStart(length, '0') : text;
  }

  private header(key: string): string {
    const position = this.positions.get(key);
    return position === undefined ? [...this.byField.values()].find((column) => column.key === key)?.fr ?? key : this.rules.headers[position];
  }

  /** An error at a column of ours, in the file's own words. */
  errorAt(key: string, code: string, found: unknown, expected: string): RowError {
    return { column: this.header(key), code, found: quote(found), expected };
  }

  private refuse(key: string, code: string, found: unknown, expected: string): void {
    this.errors.push(this.errorAt(key, code, found, expected));
  }

  private take(part: Part, errors: readonly FieldError[]): void {
    for (const { field, code, found, expected } of errors) {
      const column = this.byField.get(`${part} ${field}`) ?? this.byField.get(`${part} ${field}.value`) ?? this.byField.get(`company ${field}`);
      this.errors.push({ column: column ? this.header(column.key) : field, code, found, expected });
    }
  }

  /** A list of companies with the number and the place of their sites gives the sites as well. */
  private hasSite(): boolean {
    const { kind } = this.rules;
    return kind === 'sites' || kind === 'flows' || (kind === 'companies' && this.any('site_ref', 'siret') && this.any('commune', 'commune_code', 'address', 'latitude'));
  }

  private company(): CompanyPart | null {
    const { knowledge, memory } = this.rules;
    const own = readText(this.cell('company_ref'));
    const name = readText(this.cell('company_name'));
    const sirenCell = this.digits('siren', 9, 8);
    const siret = parseSiret(this.digits('siret', 14, 13) ?? '');
    if ('fault' in siret && this.any('siret') && !this.hasSite()) this.refuse('siret', `siret-${siret.fault}`, this.cell('siret'), siret.expected);
    const givenSiren = sirenCell ?? ('value' in siret ? sirenOfSiret(siret.value) : null);
    const { values, errors } = draftCompany({ ref: own, siren: givenSiren, name: name ?? '-', naf: this.cell('naf'), groupRef: this.cell('group_ref') }, knowledge);
    // A wrong NAF class is told once, by the site where the row has one.
    for (const error of errors) {
      if (error.field === 'naf' && this.hasSite()) continue;
      if (error.field === 'siren' && sirenCell === null) this.refuse('siret', error.code, this.cell('siret'), `${error.expected}, in its first nine digits`);
      else this.take('company', [error]);
    }
    const referent = readText(this.cell('referent'))?.toLowerCase() ?? null;
    const byName = values.siren === null && own === null && name !== null;
    const ref = companyRef(values.siren, own === null ? null : memory.keyOf('company', own) ?? own)
      ?? (name === null ? null : memory.keyOf('company-name', nameKey(name)) ?? nameKey(name));
    if (ref === null || ref === '') {
      if (referent !== null && this.rules.kind === 'flows') this.refuse('siren', 'missing', null, 'the company whose advisor this is');
      return null;
    }
    // Another sheet or a later row may name it by what this row says.
    if (own !== null) memory.learn('company', own, ref);
    if (name !== null && !byName) memory.learn('company-name', nameKey(name), ref);
    const siren = values.siren ?? ('value' in parseSiren(ref) ? ref : null);
    return { ref, siren, name, naf: values.naf, groupRef: values.groupRef, referentEmail: referent, byName: byName && ref === nameKey(name ?? '') };
  }

  private site(company: CompanyPart | null, row: ReadRow): SitePart | null {
    const { knowledge, memory, kind } = this.rules;
    const own = readText(this.cell('site_ref'));
    const { values, errors } = draftSite({
      ref: own, siret: this.digits('siret', 14, 13), name: this.cell('site_name'), naf: this.cell('naf'), address: this.cell('address'),
      postcode: this.digits('postcode', 5, 4), communeCode: this.digits('commune_code', 5, 4), commune: this.cell('commune'),
      latitude: this.cell('latitude'), longitude: this.cell('longitude'), permitRegime: this.cell('permit_regime'),
      permitHeadings: this.cell('permit_headings'), hazardousPermitted: this.cell('hazardous_permitted'),
    }, knowledge, company?.siren ?? null);
    this.take('site', errors);
    const ref = values.siret ?? (own === null ? this.refOfPlace(company, values) : memory.keyOf('site', own) ?? own);
    if (values.siret !== null) memory.learn('site', own, values.siret);
    if (ref === null) {
      // A flow that is known by its reference may stay where it is.
      if (!(kind === 'flows' && this.any('flow_ref')) && this.errors.length === 0) this.refuse('siret', 'missing', null, 'the site: SIRET, reference, or company with commune or site name');
      return null;
    }
    return { ...this.placed(values, row), ref };
  }

  /** A site without number or reference is known by its company and what the row says of the place. */
  private refOfPlace(company: CompanyPart | null, values: SiteValues): string | null {
    const place = values.name ?? values.commune ?? values.communeCode ?? values.address ?? (values.latitude === null ? null : `${values.latitude} ${values.longitude}`);
    return company === null || place === null ? null : `${company.ref}/${nameKey(place)}`;
  }

  /** Without coordinates the centre of the commune; with a geocoder it is asked first. */
  private placed(values: SiteValues, row: ReadRow): SitePart {
    const { gazetteer, geocoding, memory } = this.rules;
    const { communeCode, commune, postcode, address } = values;
    const part = { ...values, question: null };
    if (communeCode === null && commune === null) {
      return values.latitude === null && geocoding && address !== null && postcode !== null ? { ...part, question: `${address} ${postcode}` } : part;
    }
    const needed = values.latitude === null;
    const answer = gazetteer.find({ code: communeCode, name: commune, postcode }, needed && memory.maySuggest());
    if (!('commune' in answer)) {
      if (!needed) return part;
      const key = communeCode === null ? 'commune' : 'commune_code';
      const near = answer.near.length === 0 ? '' : `; near: ${answer.near.join(', ')}`;
      row.placeError = this.errorAt(key, answer.fault === 'ambiguous' ? 'ambiguous-commune' : 'unknown-commune', communeCode ?? commune,
        `${answer.fault === 'ambiguous' ? 'one commune: add its INSEE code or postcode' : 'a commune of the gazetteer, or latitude and longitude'}${near}`);
      return { ...part, question: geocoding ? [address, postcode, commune].filter(Boolean).join(' ') : null };
    }
    const found = answer.commune;
    const filled = { ...part, communeCode: communeCode ?? found.code, commune: commune ?? found.name };
    if (!needed) return filled;
    const question = geocoding && address !== null ? [address, postcode ?? found.postcode, commune ?? found.name].filter(Boolean).join(' ') : null;
    return { ...filled, latitude: found.latitude, longitude: found.longitude, placeOrigin: 'commune', question };
  }

  private contact(): ContactValues {
    const { values, errors } = draftContact({
      name: this.cell('contact_name'), position: this.cell('contact_position'), email: this.cell('contact_email'), phone: this.cell('contact_phone'),
      language: this.cell('contact_language'), opposedToMail: this.cell('opposed_to_mail'),
    });
    this.take('contact', errors);
    return values;
  }

  private agreement(): AgreementValues {
    const scope = this.cell('agreement_scope') ?? (this.positions.has('agreement_scope') ? null : SCOPE_UNSAID);
    const { values, errors } = draftAgreement({ scope, signedOn: this.day('agreement_signed_on'), validUntil: this.day('agreement_valid_until') }, this.rules.today);
    this.take('agreement', errors);
    return values;
  }

  private flow(site: SitePart | null): FlowPart | null {
    const { knowledge, today, memory } = this.rules;
    const own = readText(this.cell('flow_ref'));
    const confirmedOn = this.day('confirmed_on');
    const quantity = this.quantity('quantity', 'unit', this.cell('period'));
    const lot = this.quantity('minimum_lot', 'minimum_lot_unit', null);
    const { values, errors } = draftFlow({
      ref: own ?? '-', direction: this.cell('direction') ?? '', category: this.cell('category'), description: this.cell('description'), quantity,
      provenance: this.cell('provenance'), minimumLot: lot && lot.unit === '' && quantity ? { ...quantity, value: lot.value } : lot, months: this.cell('months'),
      quality: Object.fromEntries([...this.qualityGiven].map((slug) => [slug, this.cell(`quality.${slug}`)])), hazardous: this.cell('hazardous'),
      wasteCode: this.cell('waste_code'), wasteCodeOrigin: this.cell('waste_code_origin'), wish: this.cell('wish'), withheld: this.cell('withheld'),
      reach: this.cell('reach'), sourcing: this.cell('sourcing'), presentOutlet: this.cell('present_outlet'), presentCost: this.cell('present_cost'),
      contractEndsOn: this.day('contract_ends_on'), confirmedOn,
    }, knowledge, today);
    this.take('flow', errors);
    if (own === null) {
      if (site === null || values.category === '') return null;
      const key = `${site.ref}/${values.direction}/${values.category}`;
      const count = memory.count(key);
      values.ref = count === 1 ? key : `${key}/${count}`;
    }
    return { values, dayGiven: confirmedOn !== null, qualityGiven: this.qualityGiven };
  }

  /** `12 t/mois` may stand in one cell. */
  private quantity(valueKey: string, unitKey: string, period: string | null): { value: string; unit: string; period: string | null } | null {
    const value = this.cell(valueKey);
    const unit = this.cell(unitKey);
    if (value === null) return null;
    const both = unit === null ? /^([-+]?\d[\d\s.,'’\u00a0\u202f]*)([^\d\s.,'’].*)$/u.exec(value) : null;
    return both ? { value: both[1].trim(), unit: both[2].trim(), period } : { value, unit: unit ?? '', period };
  }

  private synergy(): SynergyPart {
    const part = { output: readText(this.cell('output_flow')), input: readText(this.cell('input_flow')) };
    if (part.output === null) this.refuse('output_flow', 'missing', null, 'the reference of an output');
    if (part.input === null) this.refuse('input_flow', 'missing', null, 'the reference of an input');
    const [startedOn, endedOn] = (['synergy_started_on', 'synergy_ended_on'] as const).map((key) => {
      const text = this.day(key);
      const day = readDay(text);
      if (text !== null && day === null) this.refuse(key, 'not-a-date', text, 'a day, 2026-12-31 or 31/12/2026');
      else if (day !== null && day > this.rules.today) this.refuse(key, 'in-the-future', text, `at the latest ${this.rules.today}`);
      return day;
    });
    if (startedOn !== null && endedOn !== null && endedOn < startedOn) this.refuse('synergy_ended_on', 'before-start', endedOn, `at the earliest ${startedOn}`);
    return { output: part.output ?? '', input: part.input ?? '', startedOn, endedOn };
  }

  /** The thing that the rows are about may be said once in a file; things named on the way are said together by all rows. */
  private remember(row: ReadRow, memory: FileMemory): void {
    const { kind } = this.rules;
    const { company } = row;
    const own = {
      companies: ['siren', company?.ref], sites: ['siret', row.site?.ref], contacts: ['contact_name', row.contact && `${company?.ref} ${row.contact.ref}`],
      agreements: ['agreement_signed_on', row.agreement && `${company?.ref} ${row.agreement.signedOn}`], flows: ['flow_ref', row.flow?.values.ref],
      synergies: ['output_flow', row.synergy && `${row.synergy.output} ${row.synergy.input}`],
    }[kind] as [string, string | null | undefined];
    const earlier = own[1] ? memory.earlier(`${kind} ${own[1]}`, row.number) : null;
    if (earlier !== null) {
      this.refuse(own[0], 'said-twice', own[1], `once in the file; row ${earlier} says it first`);
      return;
    }
    if (company && kind !== 'companies') row.company = memory.mention(`company ${company.ref}`, company);
    if (row.site && kind !== 'sites') row.site = memory.mention(`site ${row.site.ref}`, row.site);
    if (row.contact && kind !== 'contacts') {
      const opposed = row.contact.opposedToMail;
      row.contact = memory.mention(`contact ${company?.ref} ${row.contact.ref}`, row.contact);
      row.contact.opposedToMail ||= opposed;
    }
    if (row.agreement && kind !== 'agreements') row.agreement = memory.mention(`agreement ${company?.ref} ${row.agreement.signedOn}`, row.agreement);
  }
}
