// The production drain, journal and sockets around a core that answers every DISCOVER with one fixed OFFER and every
// REQUEST with an ACK. For tests of the shell alone. Words: lease file, [interface …]

import { parseIpv4, type Ipv4 } from '../../../src/std/ipv4.ts';
import { never } from '../../../src/std/time.ts';
import type { ServerConfig } from '../../../src/model/server-config.ts';
import type { Effects, Interface, Node, NodeEvent, PacketIn } from '../../../src/model/step.ts';
import { LogBuffer } from '../../../src/node/log-buffer.ts';
import { usualAddressing } from '../../../src/shell/addressing.ts';
import { Clock } from '../../../src/shell/clock.ts';
import { Drain } from '../../../src/shell/drain.ts';
import { Journal } from '../../../src/shell/journal.ts';
import { DescriptorSink } from '../../../src/shell/log-sink.ts';
import { Network } from '../../../src/shell/network.ts';
import { Quarantine } from '../../../src/shell/quarantine.ts';
import { realDisk } from '../../../src/shell/real-disk.ts';
import { dhcpAt, magicCookie, messageType } from '../../../src/wire/dhcp-view.ts';

const address = (text: string): Ipv4 => parseIpv4(text) as Ipv4;
const server = address('10.99.0.1');
const client = address('10.99.0.120');
const [leaseFile = '', ...interfaceNames] = process.argv.slice(2);

/** What the tests see of the events. */
const say = (value: object): void => console.log(JSON.stringify(value));

function reply(packet: PacketIn, effects: Effects): void {
  const { view } = packet;
  const isDiscover = view.messageType === messageType.discover;
  const frame = (isDiscover ? effects.now : effects.afterCommit).frame();
  if (frame === undefined) return;
  frame.bytes.fill(0, 0, 300);
  frame.bytes.set(view.slot.subarray(view.start, view.start + dhcpAt.sname));
  frame.bytes[0] = 2;
  frame.view.setUint32(dhcpAt.yiaddr, client);
  frame.view.setUint32(dhcpAt.cookie, magicCookie);
  frame.bytes.set([53, 1, isDiscover ? messageType.offer : messageType.ack, 255], dhcpAt.options);
  frame.size = 300;
  frame.ifindex = packet.ifindex;
  frame.source = server;
  if (packet.source !== 0) {
    frame.path = 'routed';
    frame.destination = packet.source;
  } else {
    frame.mac.set(view.chaddr.subarray(0, 6));
    frame.destination = client;
  }
  frame.destinationPort = packet.sourcePort;
  if (!isDiscover) effects.journal.text('lease 10.99.0.120 {\n  binding state active;\n}\n');
}

const node: Node = {
  deadline: never,
  isReady: true,
  dangersOf: () => [],
  step(event: NodeEvent, effects: Effects): void {
    if (event.kind === 'interfaces')
      say({ interfaces: event.interfaces.filter(({ isUp }) => isUp).map(({ name }: Interface) => name) });
    if (event.kind === 'packet') {
      say({ packet: event.packet.view.messageType, source: event.packet.source, port: event.packet.sourcePort });
      reply(event.packet, effects);
    }
  },
  snapshot: () => -1,
};

const config = {
  subnets: [{ index: 0, network: address('10.99.0.0'), mask: address('255.255.255.0'), sharedNetwork: 0 }],
  sharedNetworks: [{ index: 0, name: '10.99.0.0/24' }],
} as unknown as ServerConfig;

const journal = new Journal(realDisk, leaseFile, { close: (writer, _from, sequence) => writer.text(`# group ${sequence}\n`) });
const network = new Network(config, {
  names: interfaceNames,
  addressing: usualAddressing,
  onReadable: () => drain.schedule(),
  onInterfaces: (interfaces) => drain.deliver({ kind: 'interfaces', interfaces }),
  say: (line) => say({ line }),
  complain: (line) => say({ complaint: line }),
  onSendFailure: (detail) => say({ sendFailure: detail }),
});
const drain = new Drain({
  node,
  journal,
  port: network,
  clock: new Clock(),
  log: new LogBuffer(),
  sink: new DescriptorSink(2),
  quarantine: new Quarantine(`${leaseFile}.quarantine`, 0),
  execute: () => {},
  writeLink: () => true,
  reply: () => {},
  clockStepMax: () => 5,
  onFatal: () => process.exit(70),
});
network.refresh();
network.sayFallback();
say({ drops: 'counted' });
process.on('SIGUSR2', () => say({ drops: Object.fromEntries(network.drops) }));
