import { EntryReader, entryName, KnowledgeFileError } from './json-reader.js';
import type { Labels, ResourceCatalogue } from './resource-catalogue.js';

/** A text by which certain waste stops being waste: what it covers, in our own words. */
export interface EndOfWasteText {
  slug: string;
  title: Labels;
  /** Of signature, `2011-03-31`. */
  date: string;
  covers: Labels;
  /** Leaves of the waste, and leaves of the uses that the text names. */
  outputs: string[];
  inputs: string[];
}

/** A heading of the French nomenclature of classified installations (ICPE), as far as it says who may take waste. */
export interface PermitHeading {
  /** Four digits, `2791`. */
  heading: string;
  label: Labels;
  /** Whether it can allow hazardous waste. */
  hazardous: boolean;
  /** Leaves of the needs that it fits. */
  inputs: string[];
}

export interface Regulation {
  /** Month up to which the texts were looked at, `2026-11`. */
  asOf: string;
  endOfWaste: readonly EndOfWasteText[];
  permitHeadings: readonly PermitHeading[];
}

/**
 * The texts and headings from the JSON of `config/regulation.json`.
 * @param catalogue the leaves that they may name
 * @throws KnowledgeFileError with file, entry, found and expected: a wrong field, a slug or heading twice, an unknown or replaced leaf
 */
export function parseRegulation(json: unknown, file: string, { categories }: Pick<ResourceCatalogue, 'categories'>): Regulation {
  const living = new Set(categories.filter(({ replacedBy }) => replacedBy === undefined).map(({ slug }) => slug));
  const leaves = (reader: EntryReader, key: string): string[] => {
    const slugs = reader.texts(key);
    const unknown = slugs.find((slug) => !living.has(slug));
    return unknown === undefined && slugs.length > 0 ? slugs : reader.refuse(key, 'slugs of categories that are not replaced, at least one', unknown);
  };
  const reader = new EntryReader(file, 'document', json);
  const asOf = reader.text('asOf');
  if (!/^\d{4}-\d{2}$/.test(asOf)) reader.refuse('asOf', 'a month such as 2026-11');
  const endOfWaste = reader.objects('endOfWaste', entryName('endOfWaste')).map((entry): EndOfWasteText => {
    const date = entry.text('date');
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) entry.refuse('date', 'a day such as 2011-03-31');
    const text = { slug: entry.slug('slug'), title: entry.labels('title'), date, covers: entry.labels('covers'), outputs: leaves(entry, 'outputs'), inputs: leaves(entry, 'inputs') };
    entry.close();
    return text;
  });
  const permitHeadings = reader.objects('permitHeadings').map((entry): PermitHeading => {
    const number = entry.text('heading');
    if (!/^\d{4}$/.test(number)) entry.refuse('heading', 'four digits such as 2791');
    const heading = { heading: number, label: entry.labels('label'), hazardous: entry.boolean('hazardous'), inputs: leaves(entry, 'inputs') };
    entry.close();
    return heading;
  });
  reader.close();
  once(endOfWaste.map(({ slug }) => slug), 'endOfWaste', file);
  once(permitHeadings.map(({ heading }) => heading), 'permitHeadings', file);
  return { asOf, endOfWaste, permitHeadings };
}

function once(names: readonly string[], list: string, file: string): void {
  const again = names.findIndex((name, at) => names.indexOf(name) < at);
  if (again >= 0) throw new KnowledgeFileError(file, `${list}[${again}]`, `${names[again]} a second time`, 'each entry once');
}

/** The texts that may end the waste status of this output on its way to this use. */
export function endOfWasteTexts(regulation: Regulation, output: string, input: string): EndOfWasteText[] {
  return regulation.endOfWaste.filter((text) => text.outputs.includes(output) && text.inputs.includes(input));
}

/** Headings under which a site may take waste for this use; of hazardous waste, those that can allow it. */
export function fittingHeadings(regulation: Regulation, input: string, hazardous: boolean): PermitHeading[] {
  return regulation.permitHeadings.filter((heading) => heading.inputs.includes(input) && (heading.hazardous || !hazardous));
}

/** Whether one of the headings that a site declares, such as `2791-1`, is among these. */
export function holdsHeading(declared: readonly string[], fitting: readonly PermitHeading[]): boolean {
  return declared.some((heading) => fitting.some((fit) => heading.startsWith(fit.heading)));
}
