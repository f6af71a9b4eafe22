// One end of a failover relationship over real TCP without the rest of the server: the core of src/failover driven by node:net.
// Words: role (a primary, b secondary), options as JSON. Commands on standard input, one a line; what happens goes out as JSON
// lines: { log } a log line, { answer } of a command.

import { createServer, Socket, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { formatIpv4, type Ipv4 } from '../../../src/std/ipv4.ts';
import { seconds, type MonoMillis, type Now, type UnixSeconds } from '../../../src/std/time.ts';
import { bindingCode } from '../../../src/model/binding-state.ts';
import { grantLimit, potentialExpiry } from '../../../src/model/lease.ts';
import type { Request } from '../../../src/model/step.ts';
import { LeaseStore } from '../../../src/lease/lease-store.ts';
import { ip } from '../../../src/lease/testing.ts';
import { Failover } from '../../../src/failover/failover.ts';
import { pairConfig, TestEffects, type NodeName, type PairOptions } from '../../../src/failover/testing.ts';

const [role = 'a', optionsText = '{}'] = process.argv.slice(2);
const options = JSON.parse(optionsText) as PairOptions & { readonly isNew?: boolean };
const config = pairConfig(role as NodeName, options);
const store = new LeaseStore(config);
store.settle();
if (options.isNew === true) store.failover.putIdentity('fo', 'pair-e2e00000', undefined);

let nextRequest = 1;
let nextLink = 1;
const failover = new Failover({ config, store, seed: 7, nextRequestId: () => nextRequest++ });
const sockets = new Map<number, Socket>();
let timer: NodeJS.Timeout | undefined;
const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const now = (): Now => ({ mono: performance.now() as MonoMillis, wall: Math.floor(Date.now() / 1000) as UnixSeconds });

function step(act: (now: Now, effects: TestEffects) => void): void {
  const effects = new TestEffects();
  const at = now();
  act(at, effects);
  failover.leasesChanged(at, effects);
  for (const log of effects.lines) say({ log });
  for (const lane of [effects.now, effects.afterCommit]) for (const [link, stream] of lane.streams) sockets.get(link)?.write(stream.copy());
  for (const request of effects.requests) perform(request);
  arm();
}

function arm(): void {
  clearTimeout(timer);
  const at = now();
  const due = store.table.nextDue;
  const leaseDelay = due === 0xffffffff ? Infinity : Math.max(due - at.wall, 0) * 1000;
  const delay = Math.min(failover.deadline - at.mono, leaseDelay, 60_000);
  timer = setTimeout(
    () => step((moment, effects) => {
      for (let row = store.table.dueRow(moment.wall); row >= 0; row = store.table.dueRow(moment.wall)) failover.leaseDue(row, moment, effects);
      failover.tick(moment, effects);
    }),
    Math.max(delay, 1),
  );
}

function adopt(socket: Socket, request: number | undefined): void {
  const link = nextLink++;
  sockets.set(link, socket);
  socket.setNoDelay(true);
  socket.on('data', (bytes) => step((at, effects) => failover.linkData(link, bytes, at, effects)));
  socket.on('error', () => {});
  socket.on('close', () => {
    if (sockets.delete(link)) step((at, effects) => failover.linkClosed(link, '', at, effects));
  });
  const remote = ip((socket.remoteAddress ?? '0.0.0.0').replace('::ffff:', ''));
  const local = ip((socket.localAddress ?? '0.0.0.0').replace('::ffff:', ''));
  step((at, effects) => failover.linkOpen({ kind: 'link-open', link, request, local, remote, now: at }, at, effects));
}

let server: Server | undefined;
function perform(request: Request): void {
  if (request.kind === 'listen') {
    server = createServer((socket) => adopt(socket, undefined));
    server.listen(request.port, formatIpv4(request.address), () =>
      step((at, effects) => failover.answer(request.id, { kind: 'listen', isListening: true, detail: '' }, at, effects)));
  } else if (request.kind === 'connect') {
    const socket = new Socket();
    const fail = (error: Error & { code?: string }): void =>
      step((at, effects) => failover.answer(request.id, { kind: 'connect-failed', detail: error.code ?? '', isImmediate: false }, at, effects));
    socket.once('error', fail);
    socket.connect({ host: formatIpv4(request.remote), port: request.port, localAddress: formatIpv4(request.local) }, () => {
      socket.off('error', fail);
      adopt(socket, request.id);
    });
  } else if (request.kind === 'close') {
    const socket = sockets.get(request.link);
    sockets.delete(request.link);
    socket?.end();
  }
}

/** What the engine does for an ACK. */
function grant(address: Ipv4, client: number, wish: number): number {
  const { table } = store;
  const row = table.rowOf(address);
  const { wall } = now();
  const granted = grantLimit(seconds(wish), table.tsfp(row), wall, failover.views[0]?.mclt ?? seconds(0));
  step((_at, effects) => {
    const change = table.begin(row);
    change.state = bindingCode.active;
    change.setHardware(1, Uint8Array.of(2, 0, 0, 0, 0, client), 0, 6);
    change.starts = wall;
    change.cltt = wall;
    change.ends = (wall + granted) as UnixSeconds;
    change.tstp = potentialExpiry(wall, seconds(wish), granted);
    change.atsfp = 0 as UnixSeconds;
    table.apply(row, change, 'grant', effects.journal);
  });
  return granted;
}

const table = store.table;
const words: Readonly<Record<string, (given: readonly string[]) => unknown>> = {
  grant: ([address = '', client, wish]) => {
    const own = role === 'a' ? bindingCode.free : bindingCode.backup;
    const which = address === 'first' ? table.ip(table.head(0, own)) : ip(address);
    return { address: formatIpv4(which), seconds: grant(which, Number(client), Number(wish)) };
  },
  release: ([address = '']) => {
    const row = table.rowOf(ip(address));
    step((at, effects) => {
      const change = table.begin(row);
      change.state = bindingCode.released;
      change.ends = at.wall;
      change.tstp = at.wall;
      change.atsfp = 0 as UnixSeconds;
      table.apply(row, change, 'release', effects.journal);
    });
    return 'released';
  },
  command: ([name = '']) => {
    let answer: unknown;
    step((at, effects) => {
      answer = failover.command({ name, arguments: {}, who: 'test' }, at, effects);
    });
    return answer;
  },
  lease: ([address = '']) => {
    const lease = table.lease(table.rowOf(ip(address)));
    return { state: lease.state, client: lease.hardware?.address[5] ?? null, ends: lease.ends, tsfp: lease.tsfp };
  },
  counts: () => ({ free: table.count(0, bindingCode.free), backup: table.count(0, bindingCode.backup), active: table.count(0, bindingCode.active) }),
  unacked: () => failover.endpoints[0]?.queue.unacked.size ?? 0,
  drop: () => {
    for (const socket of sockets.values()) socket.destroy();
    return 'dropped';
  },
  stop: () => {
    step((at, effects) => failover.stop(at, effects));
    setTimeout(() => process.exit(0), 50);
    return 'stopping';
  },
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const [word = '', ...given] = line.split(' ');
  say({ answer: words[word]?.(given) ?? 'unknown' });
});
step((at, effects) => failover.start(at, effects));
