// Arrays of struct mmsghdr for recvmmsg and sendmmsg, laid out by hand (64-bit little-endian Linux):
//   mmsghdr (64): name* 0 · namelen 8 · iov* 16 · iovlen 24 · control* 32 · controllen 40 · flags 48 · len 56
//   iovec   (16): base* 0 · len 8
// PERF: everything is made once; a received message costs two word writes, a sent one six.

import { NativeBlock } from './native.ts';
import { libc, MSG } from './libc.ts';

const headerSize = 64;
const headerWords = headerSize / 4;
const iovSize = 16;
const nameSize = 32;
const controlSize = 64;
/** Word offsets inside a header. */
const word = { nameLength: 2, controlLength: 10, flags: 12, length: 14 } as const;

/**
 * Bytes from one slot to the next; more than any frame of a 1500-byte link. A slot holds a whole frame, so the DHCP
 * payload begins at `udpFrameOverhead` when the IPv4 header has no options.
 */
export const slotSize = 2048;

/** Receive slots. `payloadOffset`: where in its slot the kernel writes a message. */
export class ReceiveBatch {
  readonly count: number;
  readonly data: NativeBlock;
  readonly names: NativeBlock;
  readonly controls: NativeBlock;
  readonly #headers: NativeBlock;
  readonly #iovs: NativeBlock;

  constructor(count: number, payloadOffset: number) {
    this.count = count;
    this.data = new NativeBlock(count * slotSize);
    this.names = new NativeBlock(count * nameSize);
    this.controls = new NativeBlock(count * controlSize);
    this.#headers = new NativeBlock(count * headerSize);
    this.#iovs = new NativeBlock(count * iovSize);
    for (let slot = 0; slot < count; slot++) {
      this.#iovs.pointTo(slot * iovSize, this.data, slot * slotSize + payloadOffset);
      this.#iovs.long(slot * iovSize + 8, slotSize - payloadOffset);
      const header = slot * headerSize;
      this.#headers.pointTo(header, this.names, slot * nameSize);
      this.#headers.pointTo(header + 16, this.#iovs, slot * iovSize);
      this.#headers.long(header + 24, 1);
      this.#headers.pointTo(header + 32, this.controls, slot * controlSize);
    }
  }

  /** Fills slots [from, to) with what waits at `fd`; the number filled, 0 when nothing waits, -1 on another error. */
  receive(fd: number, from: number, to: number): number {
    const words = this.#headers.words;
    for (let slot = from; slot < to; slot++) {
      words[slot * headerWords + word.nameLength] = nameSize;
      words[slot * headerWords + word.controlLength] = controlSize;
    }
    return libc.recvmmsg(fd, this.#headers.address + from * headerSize, to - from, MSG.dontwait, 0);
  }

  /** Bytes of the message in a slot, as received. */
  size(slot: number): number {
    return this.#headers.words[slot * headerWords + word.length] ?? 0;
  }
  controlLength(slot: number): number {
    return this.#headers.words[slot * headerWords + word.controlLength] ?? 0;
  }
  slot(slot: number): Uint8Array {
    return this.data.bytes.subarray(slot * slotSize, (slot + 1) * slotSize);
  }
  nameAt(slot: number): number {
    return slot * nameSize;
  }
  controlAt(slot: number): number {
    return slot * controlSize;
  }
}

/** Messages waiting to be sent, in order. Their bytes lie in slots of a block that the caller owns. */
export class SendBatch {
  readonly count: number;
  /** Destination of message i at `nameAt(i)`. */
  readonly names: NativeBlock;
  readonly controls: NativeBlock;
  size = 0;
  readonly #headers: NativeBlock;
  readonly #iovs: NativeBlock;
  /** Low and high word of the address of the data block, so that no BigInt is made per message. */
  readonly #dataAddress: number;

  constructor(count: number, data: NativeBlock, nameLength: number) {
    this.count = count;
    this.#dataAddress = data.address;
    this.names = new NativeBlock(count * nameSize);
    this.controls = new NativeBlock(count * controlSize);
    this.#headers = new NativeBlock(count * headerSize);
    this.#iovs = new NativeBlock(count * iovSize);
    for (let i = 0; i < count; i++) {
      this.#iovs.pointTo(i * iovSize, data);
      const header = i * headerSize;
      this.#headers.pointTo(header, this.names, i * nameSize);
      this.#headers.view.setUint32(header + 8, nameLength, true);
      this.#headers.pointTo(header + 16, this.#iovs, i * iovSize);
      this.#headers.long(header + 24, 1);
      this.#headers.pointTo(header + 32, this.controls, i * controlSize);
    }
  }

  nameAt(i: number): number {
    return i * nameSize;
  }
  controlAt(i: number): number {
    return i * controlSize;
  }

  /** Appends the bytes data[from, from + length); the caller fills the name, and the control area when it gives its size. */
  add(from: number, length: number, controlLength = 0): number {
    const i = this.size++;
    const address = this.#dataAddress + from;
    const iov = i * 4;
    const high = Math.floor(address / 0x100000000);
    this.#iovs.words[iov] = address - high * 0x100000000;
    this.#iovs.words[iov + 1] = high;
    this.#iovs.words[iov + 2] = length;
    this.#headers.words[i * headerWords + word.controlLength] = controlLength;
    return i;
  }

  /**
   * Sends [from, size) with one call; how many the kernel took, or -1 with errno of the first one.
   */
  send(fd: number, from: number): number {
    return libc.sendmmsg(fd, this.#headers.address + from * headerSize, this.size - from, MSG.dontwait | MSG.nosignal);
  }
}
