// Sends the messages of its argument one after another on eth0 and prints the replies as JSON (see crafted.ts).

import { formatIpv4, parseIpv4, type Ipv4 } from '../../../src/std/ipv4.ts';
import { bpf } from '../../../src/wire/bpf.ts';
import { dhcpAt, magicCookie } from '../../../src/wire/dhcp-view.ts';
import { buildUdpFrame, newUdpFrame, parseUdpFrame, udpFrameOverhead } from '../../../src/wire/frames.ts';
import { AF, libc, must } from '../../../src/shell/libc.ts';
import { NativeBlock } from '../../../src/shell/native.ts';
import { listInterfaces } from '../../../src/shell/netlink.ts';
import { attachFilter, openFrameSender } from '../../../src/shell/packet-socket.ts';
import type { CraftedMessage, CraftedReply } from './crafted.ts';

const { messages, waitMillis } = JSON.parse(process.argv[2] ?? '{}') as { messages: CraftedMessage[]; waitMillis: number };
const iface = listInterfaces().find(({ name }) => name === 'eth0');
if (iface === undefined) throw new Error('no eth0');
const own = iface.addresses[0]?.address ?? (0 as Ipv4);
const address = (text: string | undefined): Ipv4 => parseIpv4(text ?? '0.0.0.0') ?? (0 as Ipv4);
const macBytes = (text: string): Uint8Array => Uint8Array.from(text.split(':'), (part) => parseInt(part, 16));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const name = new NativeBlock(20);
name.view.setUint16(0, AF.packet, true);
name.view.setUint16(2, 0x0800);
name.view.setInt32(4, iface.index, true);
const fd = openFrameSender();
// Every IPv4 frame: replies to clients (port 68) and to relays (67).
attachFilter(fd, [
  { code: bpf.loadHalf, jt: 0, jf: 0, k: 12 },
  { code: bpf.jumpEqual, jt: 0, jf: 1, k: 0x0800 },
  { code: bpf.return, jt: 0, jf: 0, k: 0x40000 },
  { code: bpf.return, jt: 0, jf: 0, k: 0 },
]);
must(libc.bind(fd, name.address, 20), 'bind');

const output = new NativeBlock(2048);
const input = new NativeBlock(4096);
const frame = newUdpFrame();
let last: CraftedReply | undefined;

const placeholders: Readonly<Record<string, () => string>> = {
  $yiaddr: () => hexAddress(last?.yiaddr),
  $server: () => last?.options[54] ?? '00000000',
};
const hexAddress = (text: string | undefined): string => address(text).toString(16).padStart(8, '0');

function payloadOf(message: CraftedMessage, xid: number): Uint8Array {
  if (message.payload !== undefined) return Buffer.from(message.payload, 'hex');
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  bytes.set([1, 1, 6, message.giaddr === undefined ? 0 : 1]);
  view.setUint32(dhcpAt.xid, xid);
  view.setUint16(dhcpAt.secs, message.secs ?? 0);
  view.setUint16(dhcpAt.flags, message.isBroadcast === true ? 0x8000 : 0);
  const ciaddr = message.ciaddr === '$yiaddr' ? last?.yiaddr : message.ciaddr;
  view.setUint32(dhcpAt.ciaddr, address(ciaddr));
  view.setUint32(dhcpAt.giaddr, address(message.giaddr));
  bytes.set(macBytes(message.mac), dhcpAt.chaddr);
  view.setUint32(dhcpAt.cookie, magicCookie);
  let at: number = dhcpAt.options;
  if (message.type !== 0) at += put(bytes, at, 53, message.type.toString(16).padStart(2, '0'));
  for (const [code, value] of Object.entries(message.options ?? {})) at += put(bytes, at, Number(code), placeholders[value]?.() ?? value);
  bytes[at++] = 255;
  return bytes.subarray(0, Math.max(at, 300));
}
function put(bytes: Uint8Array, at: number, code: number, hex: string): number {
  const value = Buffer.from(hex, 'hex');
  bytes.set([code, value.length], at);
  bytes.set(value, at + 2);
  return 2 + value.length;
}

function send(message: CraftedMessage, payload: Uint8Array): void {
  const mac = macBytes(message.mac);
  output.bytes.set(payload, udpFrameOverhead);
  const isOwn = message.via === 'udp';
  const source = isOwn ? own : (0 as Ipv4);
  const to = message.to === undefined ? (0xffffffff as Ipv4) : address(message.to);
  const everyone = new Uint8Array(6).fill(255);
  const port = message.giaddr === undefined ? 68 : 67;
  const size = buildUdpFrame(output.bytes, output.view, payload.length, isOwn ? (iface?.mac.slice(0, 6) ?? mac) : mac, everyone, source, port, to, 67);
  must(libc.sendto(fd, output.address, size, 0, name.address, 20), 'send');
}

function receive(xid: number): CraftedReply | undefined {
  const until = performance.now() + waitMillis;
  const pollfd = new NativeBlock(8);
  pollfd.view.setInt32(0, fd, true);
  while (performance.now() < until) {
    pollfd.view.setInt16(4, 1, true);
    libc.poll(pollfd.address, 1, 50);
    const size = libc.recv(fd, input.address, 4096, 0);
    // 8: a partial checksum of a sender on this host is good.
    if (size < 0 || parseUdpFrame(input.view, 0, size, 8, 0, frame) !== 'ok') continue;
    const { start } = frame;
    if (input.bytes[start] !== 2 || input.view.getUint32(start + dhcpAt.xid) !== xid) continue;
    return readReply(start, frame.size);
  }
  return undefined;
}

function readReply(start: number, size: number): CraftedReply {
  const options: Record<number, string> = {};
  const order: number[] = [];
  for (let at = start + dhcpAt.options; at < start + size && input.bytes[at] !== 255; ) {
    const code = input.bytes[at] ?? 0;
    if (code === 0) {
      at++;
      continue;
    }
    const length = input.bytes[at + 1] ?? 0;
    options[code] = (options[code] ?? '') + hexOf(input.bytes.subarray(at + 2, at + 2 + length));
    order.push(code);
    at += 2 + length;
  }
  const text = Buffer.from(input.bytes.subarray(start + dhcpAt.file, start + dhcpAt.cookie)).toString('latin1').replace(/\0.*$/s, '');
  return {
    ethernetDestination: [...input.bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
    ipSource: formatIpv4(frame.source),
    ipDestination: formatIpv4(frame.destination),
    type: parseInt(options[53] ?? '0', 16),
    yiaddr: formatIpv4(input.view.getUint32(start + dhcpAt.yiaddr) as Ipv4),
    siaddr: formatIpv4(input.view.getUint32(start + dhcpAt.siaddr) as Ipv4),
    giaddr: formatIpv4(input.view.getUint32(start + dhcpAt.giaddr) as Ipv4),
    file: text,
    options,
    optionOrder: order,
    size,
  };
}

const replies = messages.map((message, index) => {
  const xid = message.xid ?? 0x4c480000 + ((process.pid << 4) & 0xfff0) + index;
  send(message, payloadOf(message, xid));
  const reply = receive(xid);
  last = reply ?? last;
  return reply ?? null;
});
console.log(JSON.stringify(replies));
