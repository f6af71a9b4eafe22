// CSV files of hosts: what would be made, changed, left alone, and what cannot be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCsv, writeCsv } from './csv.ts';
import { planImport, renderPlan, type KnownHost } from './host-import.ts';

const known = (name: string, hardware: string, more: Partial<KnownHost> = {}): KnownHost => ({
  name, hardware, hardwareType: 'ethernet', clientId: null, addresses: [], group: null, statements: null, source: 'lease-file', ...more,
});

test('fields in quotes, doubled quotes, comments, either line end', () => {
  assert.deepEqual(readCsv('a,"b,""c"""\r\n# not this\n\n "x\ny" ,\n').map(({ line, fields }) => [line, ...fields]), [
    [1, 'a', 'b,"c"'], [4, 'x\ny', ''],
  ]);
  assert.deepEqual(writeCsv(['a', 'b'], [{ a: 'x,"', b: ['1', '2'] }, { a: null }]), ['a,b', '"x,""",1 2', ',']);
});

test('a plan shows what is new, changed, equal and impossible', () => {
  const text = `Name,MAC,IP
new1,02-00-00-00-00-01,10.0.0.1
new2,0200.0000.0002,10.0.0.2 10.0.0.3
same,2:0:0:0:0:3,10.0.0.4
other,02:00:00:00:00:04,10.0.0.6
,02:00:00:00:00:05,10.0.0.7
bad,02:00:zz,
conf,02:00:00:00:00:06,
new1,02:00:00:00:00:07,
twin,02:00:00:00:00:01,
thief,02:00:00:00:00:03,
nothing,,10.0.0.9
`;
  const plan = planImport(text, [
    known('same', '02:00:00:00:00:03', { addresses: ['10.0.0.4'] }),
    known('other', '02:00:00:00:00:04', { addresses: ['10.0.0.5'] }),
    known('conf', '02:00:00:00:00:06', { source: 'configuration' }),
  ]);
  assert.ok(plan.ok);
  assert.deepEqual(renderPlan(plan.value), [
    '+ new1  02:00:00:00:00:01  10.0.0.1',
    '+ new2  02:00:00:00:00:02  10.0.0.2 10.0.0.3',
    '- other  02:00:00:00:00:04  10.0.0.5',
    '+ other  02:00:00:00:00:04  10.0.0.6',
    '! line 6: the name is missing',
    '! line 7: 02:00:zz is no MAC address',
    '! line 8: host conf is declared in dhcpd.conf',
    '! line 9: new1 stands in line 2 already',
    '! line 10: 02:00:00:00:00:01 stands in line 2 already',
    '! line 11: 02:00:00:00:00:03 stands in line 4 already',
    '! line 12: nothing has neither a MAC address nor a client identifier',
    '2 to make, 1 to change, 1 as they are, 7 that cannot be',
  ]);
});

test('a file without a heading says what is wanted', () => {
  const plan = planImport('web1,02:00:00:00:00:01\n', []);
  assert.ok(!plan.ok);
  assert.match(plan.error, /line 1 must name the columns, such as `name,mac,ip`; "web1", "02:00:00:00:00:01" is none of them/);
});

test('what the list prints can be imported', () => {
  const hosts = [known('a', '02:00:00:00:00:01', { addresses: ['10.0.0.1', '10.0.0.2'], statements: 'supersede server.filename = "x,y";' })];
  const plan = planImport(writeCsv(['name', 'hardware', 'addresses', 'clientId', 'group', 'statements'], hosts).join('\n'), hosts);
  assert.deepEqual(plan, { ok: true, value: { add: [], change: [], sameCount: 1, problems: [] } });
});
