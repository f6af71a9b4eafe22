// Reads an strace of a server: for each ACK that was sent, was its lease written and synced before?

export interface Order {
  readonly acksSent: number;
  /** One sentence per ACK that left too early. */
  readonly violations: readonly string[];
}

/** A DHCP reply in a system call's buffer: BOOTREPLY, Ethernet, 6 bytes, 0 hops (strace -x prints such bytes in hex). */
const replyMark = Buffer.from([2, 1, 6, 0]);
const cookie = Buffer.from([0x63, 0x82, 0x53, 0x63]);

/** The bytes of strace's string literals (`-x`: every string with a non-printable byte is all hex). */
function bytesOf(literal: string): Buffer {
  const bytes: number[] = [];
  for (const [, hex, octal, escaped, plain] of literal.matchAll(/\\x([0-9a-f]{2})|\\([0-7]{1,3})|\\(.)|([\s\S])/g)) {
    if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(parseInt(octal, 8));
    else bytes.push(({ n: 10, t: 9, r: 13, v: 11, f: 12 } as Record<string, number>)[escaped ?? ''] ?? (escaped ?? plain ?? '').charCodeAt(0));
  }
  return Buffer.from(bytes);
}

/** Addresses of the ACKs in one buffer that was sent. */
function acksIn(buffer: Buffer): string[] {
  const acks: string[] = [];
  for (let at = buffer.indexOf(cookie); at >= 0; at = buffer.indexOf(cookie, at + 4)) {
    const start = at - 236;
    if (start < 0 || !buffer.subarray(start, start + 4).equals(replyMark)) continue;
    const isAck = buffer.subarray(at + 4, at + 7).equals(Buffer.from([53, 1, 5]));
    if (isAck) acks.push([...buffer.subarray(start + 16, start + 20)].join('.'));
  }
  return acks;
}

const unfinished = /^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$/;
const resumed = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$/;

/** Joins calls that strace split because another thread spoke in between; a call counts when it returned. */
function* calls(trace: string): Generator<{ name: string; rest: string }> {
  const open = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const begun = unfinished.exec(line);
    if (begun !== null) {
      open.set(`${begun[1]} ${begun[2]}`, begun[3] ?? '');
      // What is sent may be on its way before the call returns.
      if (begun[2]?.startsWith('send') === true) yield { name: begun[2], rest: begun[3] ?? '' };
      continue;
    }
    const ended = resumed.exec(line);
    if (ended !== null) {
      if (ended[2]?.startsWith('send') !== true) yield { name: ended[2] ?? '', rest: (open.get(`${ended[1]} ${ended[2]}`) ?? '') + (ended[3] ?? '') };
      continue;
    }
    const whole = /^\d+\s+(\w+)\((.*)$/.exec(line);
    if (whole !== null) yield { name: whole[1] ?? '', rest: whole[2] ?? '' };
  }
}

export function orderOfSystemCalls(trace: string): Order {
  const written = new Set<string>();
  const durable = new Set<string>();
  const violations: string[] = [];
  let acksSent = 0;
  for (const { name, rest } of calls(trace)) {
    const literals = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, literal = '']) => bytesOf(literal));
    if (/^p?write/.test(name)) {
      for (const bytes of literals)
        for (const [, address = ''] of bytes.toString('latin1').matchAll(/^lease (\S+) \{\n[^}]*binding state active;/gm)) written.add(address);
    } else if (/^f(data)?sync/.test(name) && rest.endsWith(' = 0')) {
      for (const address of written) durable.add(address);
    } else if (name.startsWith('send')) {
      for (const address of literals.flatMap(acksIn)) {
        acksSent++;
        if (!durable.has(address)) violations.push(`an ACK of ${address} left before its lease was on disk`);
      }
    }
  }
  return { acksSent, violations };
}
