// The engine over a site with everything in it: whatever arrives, it returns, its replies can be read, and no lease is acknowledged
// without its record (P1, P8). One world lives through many inputs, so that they meet each other's leases and offers.

import { buildMessage } from '../../../src/wire/client-testing.ts';
import { optionOfCode, predefinedSpaces } from '../../../src/wire/option-table.ts';
import { DhcpView } from '../../../src/wire/dhcp-view.ts';
import { nowhere } from '../../../src/lease/testing.ts';
import { addresses, duration, equal, flag, ip, literal, mac, requestOption, serverText, text, when, World, type Sent } from '../../../src/engine/testing.ts';
import { must, type FuzzTarget } from '../target.ts';

const agentSpace = predefinedSpaces.get('agent');
const circuit = agentSpace && { kind: 'option' as const, option: optionOfCode(agentSpace, 1), span: nowhere };

const site = (): World =>
  new World({
    networks: [
      [
        { network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.120' }, { range: '10.0.0.130-10.0.0.140', peer: 0 }], statements: [addresses(3, '10.0.0.254')] },
        { network: '10.0.1.0/24', pools: [{ range: '10.0.1.100-10.0.1.103', allow: ['dynamic-bootp-clients', 'known-clients'] }] },
      ],
      [{ network: '10.2.0.0/24', isAuthoritative: false, pools: [{ range: '10.2.0.100-10.2.0.110', deny: ['unknown-clients'] }] }],
    ],
    roles: ['primary'],
    views: [{}],
    trusted: true,
    hosts: [
      { name: 'fixed', mac: 1, fixed: ['10.0.0.110'] },
      { name: 'both', mac: 2, uid: [1, 2, 3], fixed: ['10.0.0.50', '10.2.0.50'] },
      { name: 'known', mac: 3, statements: [text(12, 'known')] },
    ],
    classes: [
      { name: 'pxe', matchIf: equal(requestOption(60), literal('PXEClient')) },
      ...(circuit === undefined ? [] : [{ name: 'ports', submatch: circuit, spawns: true, leaseLimit: 2 }]),
    ],
    global: [
      flag('leasequery', 1), flag('pingCheck', 1), flag('oneLeasePerClient', 1), duration('defaultLeaseTime', 600), serverText('filename', 'boot'),
      addresses(6, '10.0.0.53'), text(15, 'x'.repeat(200)), text(17, 'y'.repeat(200)), text(40, 'z'.repeat(200)),
      when(equal(requestOption(77), literal('iPXE')), serverText('filename', 'ipxe')),
    ],
    leasehold: { relayRateMax: 0, portRateMax: 0 },
  });

/** A new world after so many inputs, so that a run can be repeated from one input with luck. */
const inputsPerWorld = 2000;
let world = site();
let inputs = 0;

/** The first byte says what happens besides the packet: time passes, a probe is answered, the disk fails. */
function run(input: Uint8Array): string {
  if (inputs++ % inputsPerWorld === 0) world = site();
  const control = input[0] ?? 0;
  if ((control & 7) === 1) world.wait(1 + (control >> 3) * 40);
  world.storage.mode = (control & 7) === 2 ? 'reserved-only' : 'leasing';
  world.journal = '';
  const packet = input.slice(1);
  const view = new DhcpView(packet.slice());
  const sent = [...world.sendBytes(packet, { source: (control & 8) === 0 ? ip('0.0.0.0') : ip('10.0.0.77') })];
  for (const reply of sent) check(reply, view, packet);
  while (world.requests.length > 0) {
    const kind = world.requests.at(-1)?.kind;
    if (kind === 'ping') for (const reply of world.pong((control & 16) !== 0)) check(reply, view, packet);
    world.requests.pop();
  }
  return `${world.lastCheck} ${sent.map(({ lane, message, path }) => `${lane}-${message.type}-${path}`).join()} ${world.log[0]?.split(': ')[1] ?? ''}`.replace(/\d+/g, '');
}

function check({ bytes, lane, message, path }: Sent, view: DhcpView, packet: Uint8Array): void {
  must(bytes.length >= 240 && bytes.length <= 1472, 'a reply has a size that can be sent');
  must(bytes[0] === 2, 'a reply is a reply');
  must(path === 'routed' || message.giaddr === 0 || message.type === 0, 'what came through a relay is routed back');
  if (message.type !== 5 || message.yiaddr === 0) return;
  const row = world.store.table.rowOf(message.yiaddr);
  const isReserved = row < 0 || world.store.table.isWithheld(row);
  if (isReserved) return;
  must(lane === 'afterCommit', 'an ACK of a lease waits for the journal');
  must(world.store.table.state(row) === 2, 'what is acknowledged is active');
  view.check(packet.length);
  const uid = view.optionAt(61);
  const isTheirs =
    world.store.table.hardwareIs(row, view.htype, view.slot, view.chaddrAt, view.hlen) ||
    (uid >= 0 && world.store.table.uidIs(row, view.joined, uid, view.optionLength(61)));
  must(isTheirs, 'what is acknowledged is leased to this client');
}

const seed = (control: number, message: Partial<Parameters<typeof buildMessage>[0]> & { type: number }): Uint8Array =>
  Uint8Array.of(control, ...buildMessage({ xid: 1, chaddr: mac(9), ...message }));
const relay = ip('10.0.0.250');
const seeds = (): readonly Uint8Array[] => [
  ...[1, 2, 3, 9].flatMap((client) => [seed(0, { type: 1, chaddr: mac(client) }), seed(0, { type: 3, chaddr: mac(client), requested: ip('10.0.0.100') })]),
  seed(0, { type: 1, clientId: Uint8Array.of(1, 2, 3), hostname: 'pc' }),
  seed(0, { type: 3, ciaddr: ip('10.0.0.100') }),
  seed(0, { type: 3, requested: ip('10.0.0.105'), serverId: ip('10.0.0.1') }),
  seed(0, { type: 3, requested: ip('10.0.0.132'), giaddr: relay, extra: [[82, [1, 2, 65, 66, 5, 4, 10, 0, 0, 0]]] }),
  seed(0, { type: 4, requested: ip('10.0.0.100'), serverId: ip('10.0.0.1') }),
  seed(0, { type: 7, ciaddr: ip('10.0.0.100') }),
  seed(8, { type: 8, extra: [[118, [10, 0, 0, 0]]] }),
  seed(0, { type: 10, giaddr: relay, ciaddr: ip('10.0.0.100') }),
  seed(0, { type: 0, requestList: [] }),
  seed(0, { type: 1, extra: [[60, [...'PXEClient'].map((char) => char.charCodeAt(0))], [77, [105, 80, 88, 69]], [81, [4, 0, 0, 1, 97, 0]], [57, [2, 64]]] }),
];

export const targets: readonly FuzzTarget[] = [{ name: 'engine', seeds, sizeMax: 1500, run }];
