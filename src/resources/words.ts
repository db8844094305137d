const APOSTROPHES = /[’‘ʼ`´]/g;

/** Lower case without accents or ligatures: `Œufs d’été` becomes `oeufs d'ete`. */
export function foldAccents(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replace(APOSTROPHES, "'")
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');
}

/** The words of a text, folded and in the singular as far as a letter tells it. */
export function allTokens(text: string): string[] {
  return foldAccents(text).split(/[^a-z0-9]+/).filter((word) => word !== '').map(singular);
}

/** The same without words that only bind (`de`, `of`). */
export function tokens(text: string): string[] {
  return foldAccents(text)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !BINDING.has(word))
    .map(singular);
}

/** Two texts with the same folded words name the same thing: case, accents, plural and `de`/`of` do not matter. */
export function foldWords(text: string): string {
  return tokens(text).join(' ');
}

const BINDING = new Set(['de', 'du', 'des', 'd', 'la', 'le', 'les', 'l', 'a', 'au', 'aux', 'en', 'et', 'pour', 'the', 'of', 'and', 'for', 'or', 'ou']);

/** Rough on purpose: French and English plurals in s and x, `-aux` for `-al` and `-eaux` for `-eau`. Never below three letters, and never `gaz`, `gas`, `bois`. */
function singular(word: string): string {
  if (word.length < 4 || KEPT.has(word)) return word;
  if (word.endsWith('eaux')) return word.slice(0, -1);
  if (word.endsWith('aux')) return `${word.slice(0, -3)}al`;
  if (word.endsWith('ss')) return word;
  return /[sx]$/.test(word) ? word.slice(0, -1) : word;
}

const KEPT = new Set(['sans', 'hors', 'bois', 'gypsum', 'verglas', 'repas', 'compas', 'biogas']);
