// The limit of this machine and language: every packet gets a fixed reply, nothing is decided and nothing is stored.
// Words: interface, the server's address. Each client's address is 10.64.0.0 plus the low 20 bits of its MAC.

import { parseIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import { udpPortFilter } from '../../src/wire/bpf.ts';
import { dhcpAt, magicCookie, messageType } from '../../src/wire/dhcp-view.ts';
import { buildUdpFrame, newUdpFrame, parseUdpFrame, udpFrameOverhead } from '../../src/wire/frames.ts';
import { AF, libc, must } from '../../src/shell/libc.ts';
import { ReceiveBatch, SendBatch, slotSize } from '../../src/shell/message-batch.ts';
import { NativeBlock } from '../../src/shell/native.ts';
import { listInterfaces } from '../../src/shell/netlink.ts';
import { attachFilter, openFrameSender } from '../../src/shell/packet-socket.ts';
import { pollReadable } from '../../src/shell/poll.ts';

const [interfaceName = '', server = ''] = process.argv.slice(2);
const iface = listInterfaces().find(({ name }) => name === interfaceName);
if (iface === undefined) throw new Error(`no interface ${interfaceName}`);
const own = parseIpv4(server) as Ipv4;
const batchMax = 64;
const payloadSize = 300;
const firstAddress = 0x0a400000;

const fd = openFrameSender();
attachFilter(fd, udpPortFilter(67));
const name = new NativeBlock(20);
name.view.setUint16(0, AF.packet, true);
name.view.setUint16(2, 0x0800);
name.view.setInt32(4, iface.index, true);
must(libc.bind(fd, name.address, 20), 'bind');

const input = new ReceiveBatch(batchMax, 0);
const output = new NativeBlock(batchMax * slotSize);
const batch = new SendBatch(batchMax, output, 0);
const slots = Array.from({ length: batchMax }, (_, slot) => ({
  bytes: output.bytes.subarray(slot * slotSize, (slot + 1) * slotSize),
  view: new DataView(output.view.buffer, slot * slotSize, slotSize),
}));
const frame = newUdpFrame();
const ownMac = iface.mac.slice(0, 6);

/** Header of the request, then type, lease time and server identifier. */
const options = new Uint8Array(payloadSize - dhcpAt.options);
options.set([53, 1, 0, 51, 4, 0, 0, 14, 16, 54, 4, own >>> 24, (own >>> 16) & 255, (own >>> 8) & 255, own & 255, 1, 4, 255, 224, 0, 0, 255]);

function reply(slot: number): void {
  const { data } = input;
  if (parseUdpFrame(data.view, slot * slotSize, input.size(slot), 8, 0, frame) !== 'ok') return;
  const to = slots[batch.size] as (typeof slots)[number];
  const payload = udpFrameOverhead;
  to.bytes.set(data.bytes.subarray(frame.start, frame.start + dhcpAt.options), payload);
  to.bytes.set(options, payload + dhcpAt.options);
  to.bytes[payload] = 2;
  to.bytes[payload + dhcpAt.options + 2] = data.bytes[frame.start + dhcpAt.options + 2] === messageType.discover ? messageType.offer : messageType.ack;
  const yiaddr = firstAddress + (data.view.getUint32(frame.start + dhcpAt.chaddr + 2) & 0xfffff);
  to.view.setUint32(payload + dhcpAt.yiaddr, yiaddr);
  to.view.setUint32(payload + dhcpAt.cookie, magicCookie);
  const mac = data.bytes.subarray(frame.start + dhcpAt.chaddr, frame.start + dhcpAt.chaddr + 6);
  batch.add(batch.size * slotSize, buildUdpFrame(to.bytes, to.view, payloadSize, ownMac, mac, own, 67, yiaddr as Ipv4, 68));
}

function drain(): void {
  const received = input.receive(fd, 0, batchMax);
  if (received <= 0) return;
  for (let slot = 0; slot < received; slot++) reply(slot);
  for (let sent = 0; sent < batch.size; ) sent += Math.max(batch.send(fd, sent), 0);
  batch.size = 0;
  isPending = true;
  setImmediate(drainAgain);
}
/** Asks again until the socket is empty, as a server's loop does. */
const drainAgain = (): void => {
  isPending = false;
  drain();
};
let isPending = false;
pollReadable(fd, () => {
  if (isPending) return;
  isPending = true;
  setImmediate(drainAgain);
});
console.error('ready');
