import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planExport } from './host-export.ts';

const host = (name: string): string => `host ${name} {\n  hardware ethernet 02:00:00:00:00:01;\n}\n`;
const planned = (text: string, present: string | undefined) => {
  const plan = planExport(text, present);
  assert.ok(plan.ok);
  return plan.value;
};

test('what was exported once is up to date, and says whose it is', () => {
  const { content, added } = planned(host('a') + host('b'), undefined);
  assert.match(content, /^# Managed by `leasehold hosts export`/);
  assert.deepEqual(added, ['a', 'b']);
  assert.deepEqual(planned(host('a') + host('b'), content), { content, isUpToDate: true, added: [], removed: [] });
});
test('hosts that come and go are named', () => {
  const { content } = planned(host('a') + host('b'), '');
  const { isUpToDate, added, removed } = planned(host('b') + host('c'), content);
  assert.deepEqual([isUpToDate, added, removed], [false, ['c'], ['a']]);
});
test("somebody's own file is not touched", () => {
  assert.equal(planExport(host('a'), 'host mine { }\n').ok, false);
});
