import type { Identifying } from './types';

/** Stands in a text where the answer link goes. */
export const LINK_PLACE = '[[lien-de-reponse]]';

export interface Piece {
  text: string;
  kind: 'plain' | 'identifying' | 'open' | 'link';
}

/** Where findings stand in a text by now: at their place, or, where the text has moved on, wherever their words are. */
export function placesOf(text: string, findings: readonly Pick<Identifying, 'at' | 'length' | 'found'>[]): { from: number; to: number }[] {
  return findings.flatMap(({ at, length, found }) => {
    if (text.slice(at, at + length) === found) return [{ from: at, to: at + length }];
    const moved = text.indexOf(found);
    return moved === -1 || found === '' ? [] : [{ from: moved, to: moved + found.length }];
  });
}

/** A text cut where it names the other side, where a field is left open and where the link goes. The pieces joined are the text. */
export function piecesOf(text: string, findings: readonly Pick<Identifying, 'at' | 'length' | 'found'>[]): Piece[] {
  const kinds = new Array<Piece['kind']>(text.length).fill('plain');
  for (const match of text.matchAll(/\[\[[^\]]*\]\]/g)) kinds.fill(match[0] === LINK_PLACE ? 'link' : 'open', match.index, match.index + match[0].length);
  for (const { from, to } of placesOf(text, findings)) kinds.fill('identifying', from, to);
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const last = pieces.at(-1);
    const kind = kinds[at] ?? 'plain';
    if (last?.kind === kind) last.text += text[at];
    else pieces.push({ text: text[at] ?? '', kind });
  }
  return pieces;
}
