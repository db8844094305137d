import { createHash } from 'node:crypto';

/**
 * What a company is called before people who may not know its name (analysts): the same for the same company of the same
 * territory, always. It is a hash of two random ids that those people are never shown, so it leads back to nobody; eight
 * hexadecimal digits keep two of 10,000 companies apart with 99 % certainty.
 * @param territoryId the company's territory
 */
export function pseudonym(territoryId: string, companyId: string): string {
  const hash = createHash('sha256').update(`${territoryId}/${companyId}`.toLowerCase()).digest('hex').toUpperCase();
  return `Entreprise ${hash.slice(0, 4)}-${hash.slice(4, 8)}`;
}
