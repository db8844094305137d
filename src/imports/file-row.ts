/** A row as it stands in a file. */
export interface FileRow {
  /** As a person counts in the sheet: the first row is 1, blank ones count. */
  number: number;
  cells: string[];
}

/** Longer cells are cut: nothing that is asked for needs more, and an error report must stay readable. */
const LONGEST_CELL = 10_000;

/**
 * A cell without what a database or a reader would choke on: control signs, halves of signs, blanks around. The quote
 * that our own files put before a formula is taken off again.
 */
export function cleanCell(cell: string): string {
  const text = cell.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufeff]/g, '').replace(/\p{Surrogate}/gu, '\ufffd').trim();
  const bare = /^'[=+\-@]/.test(text) ? text.slice(1) : text;
  return bare.length > LONGEST_CELL ? cut(bare) : bare;
}

/** Never through the middle of a sign. */
function cut(text: string): string {
  return text.slice(0, LONGEST_CELL).replace(/[\ud800-\udbff]$/, '');
}
