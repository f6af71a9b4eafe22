// Severities of lints as a file's comments set them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../../std/result.ts';
import { checkConfig } from '../check-config.ts';
import type { Diagnostic, Severity } from '../../model/diagnostic.ts';
import { withSeverities } from './severity-comments.ts';

const severityOf = (text: string, code: string, severity: Severity, name = 'dhcpd.conf'): Severity | undefined => {
  const diagnostic: Diagnostic = { code, severity, message: 'something', notes: [], span: { file: { name, text }, start: 0, end: 1 } };
  return withSeverities([diagnostic])[0]?.severity;
};

const rows: readonly (readonly [id: string, text: string, code: string, before: Severity, after: Severity])[] = [
  ['without a comment', 'option x;', 'L2014', 'warning', 'warning'],
  ['a warning that is a remark here', '# leasehold: severity L2014 info', 'L2014', 'warning', 'info'],
  ['a remark that is to be done here', 'option x; # leasehold: severity L2012 warning\n', 'L2012', 'info', 'warning'],
  ['several codes, any letter case', '#Leasehold: Severity l2011, L2012 l2014 WARNING', 'L2014', 'info', 'warning'],
  ['another code', '# leasehold: severity L2014 info', 'L2015', 'warning', 'warning'],
  ['the last one counts', '# leasehold: severity L2014 info\n# leasehold: severity L2014 warning', 'L2014', 'info', 'warning'],
  ['an error stays one', '# leasehold: severity L2502 info', 'L2502', 'error', 'error'],
  ['nothing becomes an error', '# leasehold: severity L2014 error', 'L2014', 'warning', 'warning'],
  ['a warning of the language', '# leasehold: severity C1317, L2014 info', 'C1317', 'warning', 'info'],
];
for (const [id, text, code, before, after] of rows) test(id, () => assert.equal(severityOf(text, code, before), after));

test('the report of a file follows its comments', () => {
  const report = (comment: string) => {
    const text = `${comment}\nauthoritative;\nsubnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.250 10.0.0.255; }\n`;
    const checked = checkConfig({ path: 'dhcpd.conf', read: () => ok(text) });
    return checked.ok ? checked.value.report.filter(({ code }) => code === 'L2034').map(({ severity }) => severity) : [];
  };
  assert.deepEqual([report(''), report('# leasehold: severity L2034 info')], [['warning'], ['info']]);
});
