// Comma separated values (RFC 4180): quoted fields, doubled quotes, either line end.

/** Rows of fields; blank lines and lines that begin with `#` are passed over. The number is that of the row's first line. */
export function readCsv(text: string): { readonly line: number; readonly fields: readonly string[] }[] {
  const rows: { line: number; fields: string[] }[] = [];
  let line = 1;
  for (const record of text.match(/(?:"(?:[^"]|"")*"|[^\n"])*(?:\n|$)/g) ?? []) {
    const content = record.replace(/\r?\n$/, '');
    if (content.trim() !== '' && !content.startsWith('#')) rows.push({ line, fields: fieldsOf(content) });
    line += record.split('\n').length - 1;
  }
  return rows;
}

const fieldsOf = (record: string): string[] =>
  [...`,${record}`.matchAll(/,\s*("(?:[^"]|"")*"|[^,]*)/g)].map(([, field = '']) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field.trim(),
  );

const quoted = (field: string): string => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** A line for each row, a heading first; lists are separated by blanks. */
export function writeCsv(names: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const text = (value: unknown): string => (value === null || value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value));
  return [names, ...rows.map((row) => names.map((name) => text(row[name])))].map((fields) => fields.map(quoted).join(','));
}
