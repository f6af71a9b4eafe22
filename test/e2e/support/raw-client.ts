// One DHCP message out of an interface in a stated form, and what comes back within a second, as JSON.
// Words: interface, form (frame | bad-checksum | udp), message type (1 or 3), [xid]

import { createSocket } from 'node:dgram';
import type { Ipv4 } from '../../../src/std/ipv4.ts';
import { udpPortFilter } from '../../../src/wire/bpf.ts';
import { dhcpAt, magicCookie } from '../../../src/wire/dhcp-view.ts';
import { buildUdpFrame, newUdpFrame, parseUdpFrame, udpFrameOverhead } from '../../../src/wire/frames.ts';
import { AF, libc, must } from '../../../src/shell/libc.ts';
import { NativeBlock } from '../../../src/shell/native.ts';
import { listInterfaces } from '../../../src/shell/netlink.ts';
import { attachFilter, openFrameSender } from '../../../src/shell/packet-socket.ts';

const [interfaceName = '', form = 'frame', type = '1', xid = '1'] = process.argv.slice(2);
const iface = listInterfaces().find(({ name }) => name === interfaceName);
if (iface === undefined) throw new Error(`no interface ${interfaceName}`);
const mac = Uint8Array.of(2, 0, 0, 0, 0, Number(xid));
const payloadSize = 300;
const waitMillis = 1_000;

const block = new NativeBlock(2048);
const payload = block.bytes.subarray(udpFrameOverhead, udpFrameOverhead + payloadSize);
const view = new DataView(block.view.buffer, udpFrameOverhead, payloadSize);
payload.set([1, 1, 6, 0]);
view.setUint32(dhcpAt.xid, Number(xid));
payload.set(mac, dhcpAt.chaddr);
view.setUint32(dhcpAt.cookie, magicCookie);
payload.set([53, 1, Number(type), 255], dhcpAt.options);

function nameOf(ifindex: number, protocol: number): NativeBlock {
  const name = new NativeBlock(20);
  name.view.setUint16(0, AF.packet, true);
  name.view.setUint16(2, protocol);
  name.view.setInt32(4, ifindex, true);
  name.view.setUint8(11, 6);
  return name;
}

/** Hears frames to port 68 for whoever they are. */
function listen(): number {
  const fd = openFrameSender();
  attachFilter(fd, udpPortFilter(68));
  must(libc.bind(fd, nameOf(iface?.index ?? 0, 0x0800).address, 20), 'bind');
  return fd;
}

function receive(fd: number): void {
  const input = new NativeBlock(2048);
  const frame = newUdpFrame();
  const until = performance.now() + waitMillis;
  while (performance.now() < until) {
    const size = libc.recv(fd, input.address, 2048, 0);
    if (size < 0) continue;
    const check = parseUdpFrame(input.view, 0, size, 0, 0, frame);
    const at = frame.start;
    console.log(
      JSON.stringify({
        check,
        type: input.bytes[at + dhcpAt.options + 2],
        xid: input.view.getUint32(at + dhcpAt.xid),
        yiaddr: input.view.getUint32(at + dhcpAt.yiaddr),
        source: frame.source,
        destinationMac: [...input.bytes.subarray(0, 6)],
      }),
    );
    return;
  }
  console.log(JSON.stringify({ check: 'nothing' }));
}

if (form === 'udp') {
  const socket = createSocket('udp4');
  socket.bind(68, () => socket.send(payload, 67, '10.99.0.1'));
  const timer = setTimeout(() => {
    console.log(JSON.stringify({ check: 'nothing' }));
    socket.close();
  }, waitMillis);
  socket.on('message', (bytes) => {
    clearTimeout(timer);
    console.log(JSON.stringify({ check: 'ok', type: bytes[dhcpAt.options + 2], xid: bytes.readUInt32BE(dhcpAt.xid) }));
    socket.close();
  });
} else {
  const fd = listen();
  const everyone = new Uint8Array(6).fill(255);
  const size = buildUdpFrame(block.bytes, block.view, payloadSize, mac, everyone, 0 as Ipv4, 68, 0xffffffff as Ipv4, 67);
  if (form === 'bad-checksum') block.bytes[40] = (block.bytes[40] ?? 0) ^ 0x55;
  must(libc.sendto(fd, block.address, size, 0, nameOf(iface.index, 0x0800).address, 20), 'send');
  receive(fd);
}
