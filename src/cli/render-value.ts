// Any JSON value as text for people: fields in columns, lists of like objects as tables.

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
/** `lastContact` becomes `last contact`. */
const titleOf = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();

function scalar(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  const isTime = typeof value === 'number' && value > 1e9 && /starts|ends|contact|since|time|at$/i.test(name);
  return isTime ? `${new Date((value as number) * 1000).toISOString().slice(0, 19)}Z` : String(value);
}

/** A list of words on one line; nothing in it is said. */
function short(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((item) => scalar(name, item)).join(', ');
  return isRow(value) ? 'none' : scalar(name, value);
}

function table(rows: readonly Row[], indent: string): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) =>
    rows.some((row) => !isRow(row[name]) && row[name] !== null && row[name] !== undefined),
  );
  const cells = [names.map(titleOf), ...rows.map((row) => names.map((name) => scalar(name, row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => (line[column] ?? '').length)));
  return cells.map((line) => `${indent}${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

export function renderValue(value: unknown, indent = ''): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${indent}none`];
    if (value.every(isRow)) return table(value as Row[], indent);
    return value.flatMap((item) => renderValue(item, indent));
  }
  if (!isRow(value)) return [`${indent}${scalar('', value)}`];
  const names = Object.keys(value);
  const width = Math.max(0, ...names.map((name) => titleOf(name).length));
  return names.flatMap((name) => {
    const item = value[name];
    if ((isRow(item) && Object.keys(item).length > 0) || (Array.isArray(item) && item.some(isRow))) return [`${indent}${titleOf(name)}:`, ...renderValue(item, `${indent}  `)];
    return [`${indent}${titleOf(name).padEnd(width)}  ${short(name, item)}`];
  });
}
