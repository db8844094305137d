/** A checked number, or what is wrong with it and what was expected, in words for a report. */
export type Parsed = { value: string } | { fault: 'form' | 'checksum'; expected: string };

/** La Poste's SIREN: so many establishments that INSEE ran out of NICs with a Luhn sum, and checks them otherwise. */
const LA_POSTE = '356000000';

/**
 * Luhn's sum over digits, from the right: every second digit doubled, its digits added. A valid number gives a multiple of 10,
 * and a change of any one digit never does.
 */
function luhn(digits: string): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighed = index % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum;
}

/** Without the blanks, dots and dashes that people and spreadsheets put between groups. */
function compact(text: string): string {
  return text.replace(/[\s.\u00a0\u202f-]/gu, '');
}

/**
 * @param text as written, `000 000 018`
 * @returns the nine digits, or the fault: not nine digits, or a Luhn sum that is no multiple of 10
 */
export function parseSiren(text: string): Parsed {
  const digits = compact(text);
  if (!/^[0-9]{9}$/.test(digits)) return { fault: 'form', expected: 'a SIREN: nine digits' };
  if (luhn(digits) % 10 !== 0) return { fault: 'checksum', expected: 'a SIREN whose check digit (Luhn) is right' };
  return { value: digits };
}

/**
 * @param text as written, `000 000 018 00002`
 * @returns the fourteen digits, or the fault. Establishments of La Poste pass as well when the plain sum of their digits is a
 *   multiple of 5, as INSEE gives them since their numbers outgrew Luhn (its head office passes both ways).
 */
export function parseSiret(text: string): Parsed {
  const digits = compact(text);
  if (!/^[0-9]{14}$/.test(digits)) return { fault: 'form', expected: 'a SIRET: fourteen digits' };
  if (luhn(digits) % 10 === 0) return { value: digits };
  const plainSum = [...digits].reduce((sum, digit) => sum + Number(digit), 0);
  if (digits.startsWith(LA_POSTE) && plainSum % 5 === 0) return { value: digits };
  return { fault: 'checksum', expected: 'a SIRET whose check digit (Luhn) is right' };
}

/** The company's SIREN: the first nine digits of any of its SIRETs. @param siret fourteen digits */
export function sirenOfSiret(siret: string): string {
  return siret.slice(0, 9);
}

function own(reference: string | null | undefined): string | null {
  const trimmed = reference?.trim().replace(/\s+/gu, ' ') ?? '';
  return trimmed === '' ? null : trimmed;
}

/** Natural key of a company in its territory: the SIREN where there is one, else the sender's own reference; null without either. */
export function companyRef(siren: string | null, reference?: string | null): string | null {
  return siren ?? own(reference);
}

/** Natural key of a site in its territory: the SIRET where there is one, else the sender's own reference; null without either. */
export function siteRef(siret: string | null, reference?: string | null): string | null {
  return siret ?? own(reference);
}

/** Natural key of a contact person in its company: the mail address, else the name, both without regard to case. */
export function contactRef(email: string | null, name: string): string {
  return (email ?? own(name) ?? '').trim().toLowerCase();
}

/** INSEE code of a commune, `82121`, `2A004`; null when it has another form. */
export function parseCommuneCode(text: string): string | null {
  const code = text.trim().toUpperCase();
  return /^([0-9]{5}|2[AB][0-9]{3})$/.test(code) ? code : null;
}
