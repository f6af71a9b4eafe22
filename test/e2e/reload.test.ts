// A reload of a large configuration: 20,000 lines and 5,000 hosts are read beside the packets, every client is answered meanwhile, and
// reloads that are asked for meanwhile become one.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { sendCommand } from '../../src/cli/control-client.ts';
import { eventually } from '../../src/cli/lab/child.ts';
import { campus, largeConfig } from '../bench/large-config.ts';
import { openLab, skipWithout } from './support/lab.ts';

const skip = skipWithout();
const served = 'subnet 10.64.0.0 netmask 255.255.0.0 { pool { range 10.64.1.0 10.64.40.255; } }\n';
const config = (comment: string): string => `# ${comment}\ndhcp-cache-threshold 0;\n${served}${largeConfig(campus)}`;

/** Exchanges a second, until both reloads are over and every message that they lost would have been sent again, which is counted. */
const rate = 200;
const secondsMax = 600;
const retryMillis = 8_000;
const exchangesAfter = (rate * (retryMillis + 1_000)) / 1_000;
const linesPerExchange = 4;
/** Reading takes a second where nothing else runs. */
const reloadMillisMax = 60_000;

test('a large configuration is reloaded twice under load, and no request stays without an answer', { skip }, async (t) => {
  const lab = await openLab(t);
  const text = config('first');
  assert.ok(text.split('\n').length >= 20_000 && campus.hosts === 5_000);
  const server = lab.server({ config: text, settings: 'relay-rate-max 100000;\n', cidr: '10.64.0.1/16', interfaceNames: ['eth0'] });
  server.host.ip('route', 'add', '10.64.0.0/17', 'via', '10.64.0.2', 'dev', 'eth0');
  await server.start();
  const client = lab.host('load', { cidr: '10.64.0.2/16' });
  const words = ['--server', '10.64.0.1', '--interface', 'eth0', '--rate', String(rate), '--duration', String(secondsMax), '--warm-up', '0', '--clients', '8000', '--window', '1024', '--retry', String(retryMillis), '--json'];
  const load = client.start([process.execPath, '--import', 'tsx', join(import.meta.dirname, '../bench/load-main.ts'), ...words]);
  for (const way of ['signal', 'command'] as const) {
    // The load is under way when its answers are.
    await server.nextLine(/DHCPACK on 10\.64\./);
    server.configure(config(`reloaded by ${way}`));
    const done = server.nextLine(/configuration reloaded: 201 subnets, 5000 hosts/, reloadMillisMax);
    if (way === 'signal') process.kill(server.child.pid, 'SIGHUP');
    else server.command('reload');
    await done;
  }
  const from = server.child.lines.length;
  await server.child.until(() => (server.child.lines.length >= from + exchangesAfter * linesPerExchange ? true : undefined), 120_000);
  await load.stop('SIGINT');
  const line = load.lines.find((one) => one.startsWith('{'));
  assert.ok(line !== undefined, load.text);
  const { retries, failed, naks, malformed, duplicates, acks, max } = JSON.parse(line) as LoadResult;
  assert.deepEqual({ retries, failed, naks, malformed, duplicates }, { retries: 0, failed: 0, naks: 0, malformed: 0, duplicates: 0 });
  assert.ok(acks > rate, `${acks} ACKs`);
  assert.doesNotMatch(server.log, /clients wait while/);
  t.diagnostic(`${acks} exchanges, the longest took ${max.toFixed(0)} ms`);
});

test('reloads that are asked for while one is read are one, and tell what was in the file when they were asked for', { skip }, async (t) => {
  const lab = await openLab(t);
  const server = await lab.server({ config: config('first'), cidr: '10.64.0.1/16', interfaceNames: ['eth0'] }).start();
  const told = (pattern: RegExp, times: number) =>
    eventually(`${times} lines ${pattern.source}`, () => (server.child.lines.filter((line) => pattern.test(line)).length === times ? true : undefined));
  const reload = () => sendCommand(server.controlSocket, 'reload', {});
  const answered = (hosts: number) => ({ ok: true, value: { ok: true, value: { subnets: 201, hosts } } });
  const first = reload();
  // The server has the first one before it gets the others.
  assert.equal((await sendCommand(server.controlSocket, 'server.status', {})).ok, true);
  server.configure(`${config('second')}host one-more { hardware ethernet 02:00:00:00:00:01; }\n`);
  const others = Array.from({ length: 5 }, reload);
  process.kill(server.child.pid, 'SIGHUP');
  assert.equal((await first).ok, true);
  assert.deepEqual(await Promise.all(others), others.map(() => answered(5_001)));
  await told(/configuration reloaded: 201 subnets, /, 2);

  // What is wrong with a new one is told to all, with its place; the old one serves on.
  server.configure(`${served}host broken { hardware ethernet nonsense; }\n`);
  for (const answer of await Promise.all([reload(), reload(), reload()])) {
    assert.ok(answer.ok && !answer.value.ok);
    assert.match(answer.value.problem, /dhcpd\.conf line 2: expected a hex number, found .nonsense./);
  }
  await told(/configuration not reloaded, the old one serves on: /, 2);

  // A server that is told to stop does not wait for what it reads.
  server.configure(config('fourth'));
  process.kill(server.child.pid, 'SIGHUP');
  await server.stop();
  assert.equal((await server.child.exited).code, 0);
});
