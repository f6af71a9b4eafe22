// What a reload of 20,000 lines and 5,000 hosts takes from the packet path: the longest time without a turn of the event loop while
// the configuration is read beside it and put together, and the one step that takes it over; and what it would be read in place.
// In memory, no sockets. Run it bundled, as operators run the program; ROUNDS=9 for more than five reloads:
//   npx esbuild test/bench/reload.bench.ts --bundle --platform=node --format=esm --external:koffi --outfile=dist/bench/reload.mjs
//   node dist/bench/reload.mjs

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { loaderFor } from '../../src/cli/load-for-serving.ts';
import { LeaseStore } from '../../src/lease/lease-store.ts';
import type { ServerConfig } from '../../src/model/server-config.ts';
import type { Effects, SendLane } from '../../src/model/step.ts';
import { LeaseholdNode } from '../../src/node/node.ts';
import { LogBuffer } from '../../src/node/log-buffer.ts';
import { ConfigReader } from '../../src/shell/config-reader.ts';
import { answerReadOrder } from '../../src/shell/config-thread.ts';
import type { ReadSettings } from '../../src/shell/settings.ts';
import { ByteWriter } from '../../src/std/bytes.ts';
import type { MonoMillis, UnixSeconds } from '../../src/std/time.ts';
import { campus, largeConfig } from './large-config.ts';
import { median } from './report-text.ts';

const rounds = Number(process.env['ROUNDS'] ?? 5);

/** Turns of the event loop, and the longest time between two. */
class Turns {
  longest = 0;
  #at = performance.now();
  #isOver = false;
  constructor() {
    const turn = (): void => {
      const now = performance.now();
      this.longest = Math.max(this.longest, now - this.#at);
      this.#at = now;
      if (!this.#isOver) setImmediate(turn);
    };
    setImmediate(turn);
  }
  end(): number {
    this.#isOver = true;
    return Math.max(this.longest, performance.now() - this.#at);
  }
}

const nobody: SendLane = { frame: () => undefined, link: () => new ByteWriter(), reply: () => {} };
function reload(node: LeaseholdNode, config: ServerConfig): number {
  const effects: Effects = { journal: new ByteWriter(), now: nobody, afterCommit: nobody, requests: [], log: new LogBuffer() };
  const from = performance.now();
  node.step({ kind: 'reload', config, now: { mono: from as MonoMillis, wall: Math.floor(Date.now() / 1000) as UnixSeconds } }, effects);
  return performance.now() - from;
}

async function measure(settings: ReadSettings): Promise<void> {
  const loadHere = loaderFor(settings);
  const from = performance.now();
  const loaded = loadHere();
  if (!loaded.ok) throw new Error(loaded.error.summary);
  console.log(`read in place, once, as at the start of a server: ${(performance.now() - from).toFixed(0)} ms without a turn`);
  const { config } = loaded.value;
  const store = new LeaseStore(config, 1);
  store.settle();
  const node = new LeaseholdNode({ config, store, seed: 1, secret: new Uint8Array(32) });
  const reader = new ConfigReader({ settings, loadHere, onReadHere: (why) => { throw new Error(why); } });
  const waits: number[] = [];
  const steps: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const began = performance.now();
    const turns = new Turns();
    const read = await reader.read();
    const longest = turns.end();
    if (!read.ok) throw new Error(read.error.summary);
    const took = performance.now() - began;
    const step = reload(node, read.value.config);
    waits.push(longest);
    steps.push(step);
    console.log(`reload ${round}: read in ${took.toFixed(0)} ms, ${longest.toFixed(1)} ms at most without a turn; taken over in ${step.toFixed(1)} ms; ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB resident`);
  }
  console.log(`medians: ${median(waits).toFixed(1)} ms without a turn while read, ${median(steps).toFixed(1)} ms to take over; node ${process.version}`);
}

if (isMainThread) {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-reload-'));
  try {
    const configPath = join(folder, 'dhcpd.conf');
    writeFileSync(configPath, largeConfig(campus));
    await measure({ programName: 'leasehold', configPath, leasePath: join(folder, 'dhcpd.leases'), pidPath: undefined });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else answerReadOrder(loaderFor);
