// dhcpd's packet lines, character by character, and what hostile names cannot do to them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEvent } from '../model/log-event.ts';
import type { Via } from '../model/log-lane.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import { LogBuffer } from './log-buffer.ts';

const ip = 0xc0a8323c;
const onWire: Via = { giaddr: 0, interfaceName: 'eth0' };
const relayed: Via = { giaddr: 0x0a010101, interfaceName: 'eth0' };
/** The few getters that a packet line reads. */
const view = (fields: Partial<DhcpView> = {}): DhcpView =>
  ({
    htype: 1,
    chaddr: Uint8Array.of(0x52, 0x54, 0, 0x7d, 0x2d, 0xb1),
    serverIdentifier: 0,
    optionLength: () => 0,
    ...fields,
  }) as DhcpView;

const rows: readonly (readonly [string, (log: LogBuffer) => void])[] = [
  [
    'DHCPDISCOVER from 52:54:00:7d:2d:b1 via eth0',
    (log) => log.packet('DISCOVER', 0, view(), onWire, '', ''),
  ],
  [
    'DHCPDISCOVER from 52:54:00:7d:2d:b1 via 10.1.1.1: network 10.0.0.0/24: no free leases',
    (log) => log.packet('DISCOVER', 0, view(), relayed, '', 'network 10.0.0.0/24: no free leases'),
  ],
  [
    'DHCPOFFER on 192.168.50.60 to 52:54:00:7d:2d:b1 (bootstrap) via eth0',
    (log) => log.packet('OFFER', ip, view(), onWire, 'bootstrap', ''),
  ],
  [
    'DHCPREQUEST for 192.168.50.60 (192.168.50.80) from 52:54:00:7d:2d:b1 via eth0',
    (log) => log.packet('REQUEST', ip, view({ serverIdentifier: 0xc0a83250 as never }), onWire, '', ''),
  ],
  [
    'DHCPRELEASE of 192.168.50.60 from 52:54:00:7d:2d:b1 via eth0 (found)',
    (log) => log.packet('RELEASE', ip, view(), onWire, '', 'found'),
  ],
  [
    'DHCPACK to 192.168.50.60 (52:54:00:7d:2d:b1) via eth0',
    (log) => log.packet('INFORM-ACK', ip, view(), onWire, '', ''),
  ],
  [
    'BOOTREPLY for 192.168.50.60 to unknown (52:54:00:7d:2d:b1) via eth0',
    (log) => log.packet('BOOTREPLY-STATIC', ip, view(), onWire, '', ''),
  ],
  [
    'DHCPDISCOVER from <no identifier> via eth0',
    (log) => log.packet('DISCOVER', 0, view({ htype: 0 }), onWire, '', ''),
  ],
];

test('packet lines are dhcpd’s', () => {
  for (const [expected, write] of rows) {
    const log = new LogBuffer();
    write(log);
    assert.equal(log.line(0), expected);
  }
});

test('a name cannot forge a line', () => {
  const log = new LogBuffer();
  log.packet('OFFER', ip, view(), onWire, 'a\nDHCPACK on 1.2.3.4', '');
  assert.equal(log.lines, 1);
  assert.match(log.line(0), /\(a\?DHCPACK/);
});

test('levels follow dhcpd', () => {
  const log = new LogBuffer();
  log.packet('DISCOVER', 0, view(), onWire, '', 'peer holds all free leases');
  log.packet('DISCOVER', 0, view(), onWire, '', 'load balance to peer fo');
  log.packet('DISCOVER', 0, view(), onWire, '', '');
  assert.deepEqual([log.severity(0), log.severity(1), log.severity(2)], [3, 7, 6]);
});

test('what does not fit is counted, not kept', () => {
  const log = new LogBuffer(100);
  const event = logEvent<{ text: string }>({ id: 'X', level: 'info', text: ({ text }) => text, help: '' });
  for (let i = 0; i < 10; i++) log.event(event, { text: 'x'.repeat(60) });
  assert.equal(log.lines, 2);
  assert.equal(log.dropped, 8);
});
