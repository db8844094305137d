/** Excel takes a CSV file for UTF-8 only with this before it. */
export const BYTE_ORDER_MARK = '\ufeff';

/**
 * A cell of a CSV file that a spreadsheet will not run: what begins like a formula gets a quote before it, unless it is a
 * plain number. Our own reader takes the quote off again.
 */
export function safeCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^[-+]\d+([.,]\d+)?$/.test(text) ? `'${text}` : text;
  return /[";\n\r,\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** One line, semicolons between: what French spreadsheets open by a double click. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(safeCell).join(';')}\r\n`;
}
