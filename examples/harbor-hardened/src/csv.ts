/** Quotes a cell; a leading =, +, -, @ of a text is disarmed, because spreadsheets would run it as a formula. */
function cell(value: string | number | boolean | Date | null): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Rows as CSV with a header line. */
export function toCsv<Column extends string>(
  columns: readonly Column[],
  rows: Record<Column, string | number | boolean | Date | null>[]
): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return [columns.join(','), ...lines].join('\r\n') + '\r\n';
}
