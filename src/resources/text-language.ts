import { foldAccents } from './words.js';

const SMALL_WORDS: Record<'known' | 'other', ReadonlySet<string>> = {
  known: new Set(('le la les de du des un une et en au aux pour par avec sans sur dans est sont nous nos notre d l qui que ou non provenant '
    + 'the of and for from with without in on our we is are to by or not other').split(' ')),
  // German, Spanish, Italian, Dutch, Portuguese; none that French or English has too.
  other: new Set(('der die das und nicht mit von fur aus ein eine einer wir ist sind auch oder zur zum beim abfalle '
    + 'el los las con para por una del residuos y nuestro nuestra sin muy '
    + 'il gli lo della delle dei degli di e con per rifiuti nostro nostra senza che sono '
    + 'het een van voor met niet zijn onze afval uit bij '
    + 'os dos das com para uma nosso nossa sem muito').split(' ')),
};
const LEAST_FOREIGN = 2;

/** Whether a text is in neither French nor English, told by its small words or its script; short texts without small words pass. */
export function isOtherLanguage(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  const latin = text.match(/\p{Script=Latin}/gu) ?? [];
  if (letters.length > 0 && latin.length < letters.length / 2) return true;
  let [known, other] = [0, 0];
  for (const word of foldAccents(text).split(/[^a-z]+/)) {
    if (SMALL_WORDS.known.has(word)) known += 1;
    else if (SMALL_WORDS.other.has(word)) other += 1;
  }
  return other >= LEAST_FOREIGN && other > known;
}
