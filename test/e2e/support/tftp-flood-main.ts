// A flood of read requests whose senders do not exist: nobody acknowledges what is sent for them, so each is a half-open transfer.
// Words: interface, the server's address and MAC, file name, requests per second (0: as many as it can), seconds, and how many
// addresses (from 10.96.0.0 up, or the one given) they seem to come from. Prints how many were sent.

import { parseIpv4, type Ipv4 } from '../../../src/std/ipv4.ts';
import { ByteWriter } from '../../../src/std/bytes.ts';
import { buildUdpFrame, udpFrameOverhead } from '../../../src/wire/frames.ts';
import { encodeTftp } from '../../../src/wire/tftp-packet.ts';
import { AF, libc, must } from '../../../src/shell/libc.ts';
import { SendBatch, slotSize } from '../../../src/shell/message-batch.ts';
import { NativeBlock } from '../../../src/shell/native.ts';
import { listInterfaces } from '../../../src/shell/netlink.ts';
import { openFrameSender } from '../../../src/shell/packet-socket.ts';

const [dev = '', server = '', mac = '', name = '', rateText = '0', secondsText = '1', addressesText = '1', first = '10.96.0.0'] = process.argv.slice(2);
const [rate, seconds, addresses] = [Number(rateText), Number(secondsText), Number(addressesText)];
const iface = listInterfaces().find((one) => one.name === dev);
const destination = parseIpv4(server);
const from = parseIpv4(first);
if (iface === undefined || destination === undefined || from === undefined) throw new Error(`no interface ${dev}, or no address`);
const target = Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
const batchMax = 64;

const fd = openFrameSender();
const link = new NativeBlock(20);
link.view.setUint16(0, AF.packet, true);
link.view.setInt32(4, iface.index, true);
must(libc.bind(fd, link.address, 20), 'bind');
const frames = new NativeBlock(batchMax * slotSize);
const batch = new SendBatch(batchMax, frames, 0);
const slots = Array.from({ length: batchMax }, (_, slot) => ({
  bytes: frames.bytes.subarray(slot * slotSize, (slot + 1) * slotSize),
  view: new DataView(frames.view.buffer, slot * slotSize, slotSize),
}));
const request = new ByteWriter(512);
encodeTftp(request, { kind: 'rrq', filename: name, mode: 'octet', options: new Map([['blksize', '1468'], ['tsize', '0']]) });
for (const { bytes } of slots) bytes.set(request.view(), udpFrameOverhead);

let sent = 0;
function burst(count: number): void {
  batch.size = 0;
  for (let i = 0; i < Math.min(count, batchMax); i++, sent++) {
    const { bytes, view } = slots[i] as (typeof slots)[number];
    // A new port each time round: never the repetition of a request before.
    const port = 1024 + (Math.floor(sent / addresses) % 64_000);
    const source = ((from as number) + (sent % addresses)) as Ipv4;
    batch.add(i * slotSize, buildUdpFrame(bytes, view, request.size, iface?.mac.slice(0, 6) ?? target, target, source, port, destination as Ipv4, 69));
  }
  batch.send(fd, 0);
}

const started = performance.now();
const timer = setInterval(() => {
  const elapsed = (performance.now() - started) / 1000;
  const due = rate === 0 ? Infinity : rate * Math.min(elapsed, seconds);
  for (let i = 0; i < 200 && sent < due; i++) burst(due - sent);
  if (elapsed < seconds) return;
  clearInterval(timer);
  console.log(sent);
}, 1);
