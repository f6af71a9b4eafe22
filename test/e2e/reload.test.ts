// A reload of a large configuration under load: 20,000 lines and 5,000 hosts are read while clients ask, and every one is answered.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { campus, largeConfig } from '../bench/large-config.ts';
import { openLab, skipWithout } from './support/lab.ts';

const skip = skipWithout();
const served = 'subnet 10.64.0.0 netmask 255.255.0.0 { pool { range 10.64.1.0 10.64.40.255; } }\n';
const config = (comment: string): string => `# ${comment}\ndhcp-cache-threshold 0;\n${served}${largeConfig(campus)}`;

/** Exchanges a second, and how long; a message that is lost would be sent again before the end, which is counted. */
const rate = 200;
const seconds = 14;
const retryMillis = 8_000;

test('a large configuration is reloaded twice under load, and no request stays without an answer', { skip }, async (t) => {
  const lab = await openLab(t);
  const text = config('first');
  assert.ok(text.split('\n').length >= 20_000 && campus.hosts === 5_000);
  const server = lab.server({ config: text, settings: 'relay-rate-max 100000;\n', cidr: '10.64.0.1/16', interfaceNames: ['eth0'] });
  server.host.ip('route', 'add', '10.64.0.0/17', 'via', '10.64.0.2', 'dev', 'eth0');
  await server.start();
  const client = lab.host('load', { cidr: '10.64.0.2/16' });
  const words = ['--server', '10.64.0.1', '--interface', 'eth0', '--rate', String(rate), '--duration', String(seconds), '--warm-up', '0', '--clients', '8000', '--window', '1024', '--retry', String(retryMillis), '--json'];
  const load = client.start([process.execPath, '--import', 'tsx', join(import.meta.dirname, '../bench/load-main.ts'), ...words]);
  for (const way of ['signal', 'command'] as const) {
    // The load is under way when its answers are.
    await server.nextLine(/DHCPACK on 10\.64\./);
    server.configure(config(`reloaded by ${way}`));
    const done = server.nextLine(/configuration reloaded: 201 subnets, 5000 hosts/);
    if (way === 'signal') process.kill(server.child.pid, 'SIGHUP');
    else server.command('reload');
    await done;
  }
  await server.nextLine(/DHCPACK on 10\.64\./);
  await load.exited;
  const line = load.lines.find((one) => one.startsWith('{'));
  assert.ok(line !== undefined, load.text);
  const { retries, failed, naks, malformed, duplicates, acks, max } = JSON.parse(line) as LoadResult;
  assert.deepEqual({ retries, failed, naks, malformed, duplicates }, { retries: 0, failed: 0, naks: 0, malformed: 0, duplicates: 0 });
  assert.ok(acks > (rate * seconds) / 2, `${acks} ACKs`);
  t.diagnostic(`${acks} exchanges, the longest took ${max.toFixed(0)} ms`);
});
