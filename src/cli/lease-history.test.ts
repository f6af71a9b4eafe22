// What a lease file says of one address, one client, one name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaseHistory } from './lease-history.ts';

const file = `# a comment
lease 10.0.0.1 {
  starts 4 2026/11/26 10:00:00;
  ends 4 2026/11/26 11:00:00;
  cltt 4 2026/11/26 10:00:00;
  binding state active;
  hardware ethernet 02:00:00:00:00:01;
  client-hostname "Alpha";
}
lease 10.0.0.2 {
  ends never;
  binding state active;
  hardware ethernet 02:00:00:00:00:02;
}
lease 10.0.0.1 {
  starts epoch 1795688400;
  ends epoch 1795692000; # Thu
  binding state free;
  hardware ethernet 02:00:00:00:00:01;
}
`;

test('records of an address, in the order of the file', () => {
  const events = leaseHistory(file, '10.0.0.1');
  assert.deepEqual(events.map(({ state, ends }) => [state, ends]), [['active', 1795690800], ['free', 1795692000]]);
  assert.equal(events[0]?.lastContact, 1795687200);
});
test('records of a client, by hardware or part of its name; endless leases', () => {
  assert.equal(leaseHistory(file, '02:00:00:00:00:01').length, 2);
  assert.equal(leaseHistory(file, 'alph').length, 1);
  assert.equal(leaseHistory(file, '10.0.0.2')[0]?.ends, 'never');
  assert.deepEqual(leaseHistory(file, '10.0.0.9'), []);
});
