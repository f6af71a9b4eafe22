// Hosts from a file of any known format: YAML by what stands in it, CSV by its heading.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceFile, Span } from '../../model/span.ts';
import { readCsv } from '../csv.ts';
import { hostFrom, missing, unknownFormat, type Field, type Imported } from './imported.ts';
import { readOpenshift } from './read-openshift.ts';
import { readYaml } from './yaml-value.ts';

/** Titles as people write them, in any order. */
const columns: Readonly<Record<string, 'name' | 'mac' | 'address' | 'role' | 'device'>> = {
  name: 'name', host: 'name', hostname: 'name',
  mac: 'mac', macaddr: 'mac', 'mac address': 'mac', hwaddr: 'mac', hardware: 'mac',
  ip: 'address', ipaddr: 'address', address: 'address', 'ip address': 'address', 'fixed-address': 'address',
  role: 'role', type: 'role',
  disk: 'device', device: 'device', 'install-device': 'device',
};

export function readHosts(file: SourceFile): Imported {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const isCsv = /\.csv$/i.test(file.name) || /^[^:{}]*,[^:{}]*$/.test(firstLine(file.text));
  const found = isCsv ? { cluster: '', hosts: readRows(file, report) } : readDocument(file, report);
  return { ...found, diagnostics };
}

const firstLine = (text: string): string => text.split(/\r?\n/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';

function readDocument(file: SourceFile, report: (diagnostic: Diagnostic) => void): Pick<Imported, 'cluster' | 'hosts'> {
  const document = readYaml(file, report);
  const found = document && readOpenshift(document, report);
  if (document !== undefined && found === undefined) report(unknownFormat(file));
  return found ?? { cluster: '', hosts: [] };
}

function readRows(file: SourceFile, report: (diagnostic: Diagnostic) => void): Imported['hosts'] {
  const [heading, ...rows] = readCsv(file.text);
  const titles = heading?.fields.map((title) => columns[title.toLowerCase()]) ?? [];
  if (heading === undefined || !titles.includes('name') || !titles.includes('mac') || titles.includes(undefined)) {
    const strange = heading?.fields.find((_, index) => titles[index] === undefined);
    const span = heading === undefined ? lineSpan(file, 1) : strange === undefined ? lineSpan(file, heading.line) : fieldSpan(file, heading.line, strange);
    report(missing(span, strange === undefined ? 'the heading does not name the columns' : `there is no column ${JSON.stringify(strange)}`, 'name the columns in the first line, such as name,mac,ip,role,disk'));
    return [];
  }
  return rows.flatMap(({ line, fields }) => {
    const field = (title: string): Field | undefined => {
      const text = fields[titles.indexOf(title as 'name')] ?? '';
      return text === '' ? undefined : { text, span: fieldSpan(file, line, text) };
    };
    const raw = {
      span: lineSpan(file, line), name: field('name'), mac: field('mac'), address: field('address'), role: field('role'), device: field('device'),
      boots: 'rhcos', nameWord: 'name', macWord: 'mac',
    } as const;
    return hostFrom(raw, report) ?? [];
  });
}

/** `line`: from 1. */
function lineSpan(file: SourceFile, line: number): Span {
  let start = 0;
  for (let count = 1; count < line; count++) start = file.text.indexOf('\n', start) + 1;
  const end = file.text.indexOf('\n', start);
  return { file, start, end: Math.max(start + 1, end < 0 ? file.text.length : end) };
}
function fieldSpan(file: SourceFile, line: number, text: string): Span {
  const whole = lineSpan(file, line);
  const at = file.text.indexOf(text, whole.start);
  return at < 0 || at >= whole.end ? whole : { file, start: at, end: at + text.length };
}
