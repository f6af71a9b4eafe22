// Classic BPF programs for SO_ATTACH_FILTER (McCanne & Jacobson 1993; linux/filter.h): what the kernel shall let through.

import { assert } from '../std/assert.ts';
import { ipv4FromBytes } from '../std/ipv4.ts';
import { ethertype, protocol } from './frames.ts';

/** One `struct sock_filter`: jump distances are counted from the next instruction. */
export interface BpfInstruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** Instruction codes: class, size and mode in one. */
export const bpf = {
  loadWord: 0x20,
  loadByte: 0x30,
  loadHalf: 0x28,
  /** Half word at x + k. */
  loadHalfIndexed: 0x48,
  /** x = 4 * (byte at k & 15): the size of an IPv4 header. */
  loadHeaderSize: 0xb1,
  jumpEqual: 0x15,
  jumpBitsSet: 0x45,
  return: 0x06,
} as const;

const load = (code: number, k: number): BpfInstruction => ({ code, jt: 0, jf: 0, k });
const jump = (code: number, k: number, jt: number, jf: number): BpfInstruction => ({ code, jt, jf, k });
const accept: BpfInstruction = { code: bpf.return, jt: 0, jf: 0, k: 0x40000 };
const reject: BpfInstruction = { code: bpf.return, jt: 0, jf: 0, k: 0 };

/** Ethernet frames with IPv4, UDP, destination port `port`, not a fragment; IP options allowed (reference §2.2). */
export const udpPortFilter = (port: number): readonly BpfInstruction[] => [
  load(bpf.loadHalf, 12),
  jump(bpf.jumpEqual, ethertype.ipv4, 0, 8),
  load(bpf.loadByte, 23),
  jump(bpf.jumpEqual, protocol.udp, 0, 6),
  load(bpf.loadHalf, 20),
  jump(bpf.jumpBitsSet, 0x3fff, 4, 0),
  load(bpf.loadHeaderSize, 14),
  load(bpf.loadHalfIndexed, 16),
  jump(bpf.jumpEqual, port, 0, 1),
  accept,
  reject,
];

/** Where a filter finds the network header, whatever the packet begins with (linux/filter.h, SKF_NET_OFF). */
const networkHeader = 0x1_0000_0000 - 0x10_0000;
const tcpAt = { flags: 13 } as const;
const tcpSyn = 0x02;

/** For a TCP listener: the first packet of a connection is dropped when it comes from one of these addresses, 250 at most; 'everybody': from any. */
export function connectionFilter(shutOut: readonly number[] | 'everybody'): readonly BpfInstruction[] {
  if (shutOut === 'everybody') return [load(bpf.loadByte, tcpAt.flags), jump(bpf.jumpBitsSet, tcpSyn, 1, 0), accept, reject];
  assert(shutOut.length <= 250, 'a jump reaches to the end of the filter');
  return [
    load(bpf.loadByte, tcpAt.flags),
    jump(bpf.jumpBitsSet, tcpSyn, 0, shutOut.length + 1),
    load(bpf.loadWord, networkHeader + 12),
    ...shutOut.map((address, index) => jump(bpf.jumpEqual, address, shutOut.length - index, 0)),
    accept,
    reject,
  ];
}

/** For sockets that only send, or hold a port. */
export const dropAllFilter: readonly BpfInstruction[] = [reject];

/** The array of `struct sock_filter`, 8 bytes each, in the byte order of the machines we run on (little endian). */
export function encodeBpf(program: readonly BpfInstruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, jt, jf, k }] of program.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k, true);
  }
  return bytes;
}

/** Runs a program as the kernel does: bytes let through, 0 for none. `network` is what comes before the packet on a TCP socket. For tests and `explain`. */
export function runBpf(program: readonly BpfInstruction[], packet: Uint8Array, network: Uint8Array = packet): number {
  let a = 0;
  let x = 0;
  let at = 0;
  for (let steps = 0; steps <= program.length; steps++) {
    const instruction = program[at++];
    assert(instruction !== undefined, 'a filter ends with a return');
    const { code, jt, jf, k } = instruction;
    const base = code === bpf.loadHalfIndexed ? x + k : k;
    const high = packet[base];
    switch (code) {
      case bpf.loadByte:
      case bpf.loadHeaderSize:
        // A load beyond the packet ends the program with 0.
        if (high === undefined) return 0;
        if (code === bpf.loadByte) a = high;
        else x = (high & 15) * 4;
        break;
      case bpf.loadWord: {
        const offset = k - networkHeader;
        if (offset < 0 || offset + 4 > network.length) return 0;
        a = ipv4FromBytes(network, offset);
        break;
      }
      case bpf.loadHalf:
      case bpf.loadHalfIndexed: {
        const low = packet[base + 1];
        if (high === undefined || low === undefined) return 0;
        a = (high << 8) | low;
        break;
      }
      case bpf.jumpEqual: at += a === k ? jt : jf; break;
      case bpf.jumpBitsSet: at += (a & k) !== 0 ? jt : jf; break;
      default: return k;
    }
  }
  return 0;
}
