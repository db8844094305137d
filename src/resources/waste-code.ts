import { EntryReader, KnowledgeFileError } from './json-reader.js';
import type { WasteCode } from './resource-catalogue.js';

/**
 * A code of the European List of Waste in the form in which it is stored, six digits: from `20 01 08`, `200108`,
 * `20.01.08`, `20-01-08*`. A star says hazardous and is returned as such, since the writer may know better than the
 * digits; it is for the caller to compare with the list.
 * @returns null when the text has no such form; whether the code exists is `Knowledge.wasteCode`
 */
export function normaliseWasteCode(text: string): { code: string; star: boolean } | null {
  const match = /^\s*(\d\d)[\s.\-/\u00a0\u202f]*(\d\d)[\s.\-/\u00a0\u202f]*(\d\d)\s*(\*?)\s*$/.exec(text);
  return match ? { code: `${match[1]}${match[2]}${match[3]}`, star: match[4] === '*' } : null;
}

/** As people write it: `20 01 08`, with a star when hazardous. */
export function formatWasteCode(code: string, hazardous = false): string {
  return `${code.slice(0, 2)} ${code.slice(2, 4)} ${code.slice(4, 6)}${hazardous ? '*' : ''}`;
}

/** `xx xx 99`, "not otherwise specified": says too little to open a gate by itself. */
export function isWeakWasteCode(code: string): boolean {
  return /^\d{4}99$/.test(code);
}

/**
 * The List of Waste from the JSON of `config/waste-codes.json`.
 * @throws KnowledgeFileError with file, entry, found and expected: a code that is not six digits or stands twice, a
 *   mirror that is unknown, that has the same hazard flag, or that does not answer
 */
export function parseWasteCodes(json: unknown, file: string): WasteCode[] {
  const reader = new EntryReader(file, 'document', json);
  reader.optionalText('source');
  const codes = reader
    .objects('codes', (value, index) => `codes[${index}] (${value !== null && typeof value === 'object' && 'code' in value ? String(value.code) : '?'})`)
    .map((entry): WasteCode => {
      const code = entry.text('code');
      if (!/^\d{6}$/.test(code)) entry.refuse('code', 'six digits without spaces');
      const waste = { code, hazardous: entry.boolean('hazardous'), label: entry.labels('label'), mirrors: entry.texts('mirrors', /^\d{6}$/, 'waste codes of six digits, none twice') };
      entry.close();
      return waste;
    });
  reader.close();
  const byCode = new Map<string, WasteCode>();
  codes.forEach((waste, index) => {
    if (byCode.has(waste.code)) throw new KnowledgeFileError(file, `codes[${index}].code`, `${waste.code} a second time`, 'each code once');
    byCode.set(waste.code, waste);
  });
  for (const waste of codes) {
    for (const mirror of waste.mirrors) {
      const other = byCode.get(mirror);
      if (!other || other.hazardous === waste.hazardous || !other.mirrors.includes(waste.code)) {
        throw new KnowledgeFileError(file, `codes (${waste.code}).mirrors`, mirror, 'a code of the list with the other hazard flag that names this one as its mirror');
      }
    }
  }
  return codes;
}
