import { Problem } from '../platform/problem.js';

/** Where the next page begins: the sort key of the last row that was shown, and its id for rows with equal keys. */
export interface Cursor {
  key: string;
  id: string;
}

export interface Page<Row> {
  rows: Row[];
  /** Send it back as `after` for the next page; null: this was the last. */
  next: string | null;
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** @throws Problem 400 when the text was not given out by `pageOf` */
export function readCursor(text: string | undefined): Cursor | null {
  if (text === undefined || text === '') return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'string' && UUID.test(value[1]) && !value[0].includes('\0')) {
      return { key: value[0], id: value[1] };
    }
  } catch {
    // Not JSON: refused below with everything else that is none of ours.
  }
  throw new Problem(400, 'cursor-malformed', 'The parameter "after" is not one that a list gave out; begin with the first page.');
}

/** Cuts `limit + 1` rows as read to a page and the cursor of the next. @param cursorOf sort key and id of a row */
export function pageOf<Row>(rows: Row[], limit: number, cursorOf: (row: Row) => Cursor): Page<Row> {
  if (rows.length <= limit) return { rows, next: null };
  const shown = rows.slice(0, limit);
  const { key, id } = cursorOf(shown[shown.length - 1]);
  return { rows: shown, next: Buffer.from(JSON.stringify([key, id]), 'utf8').toString('base64url') };
}
