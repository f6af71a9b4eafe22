// The shell's sockets in network namespaces: frames in and out, partial checksums, a firewall, interfaces that come and go.

import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { hasCommand } from '../../tools/debian-packages.ts';

const missing = process.getuid?.() !== 0 ? 'needs root' : ['ip', 'nft'].find((command) => !hasCommand(command));
const skip = process.env['CI'] === 'true' || missing === undefined ? false : `missing: ${missing}`;
const serverSpace = `lhpp-s${process.pid}`;
const clientSpace = `lhpp-c${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'leasehold-packet-port-'));
const leaseFile = join(folder, 'leases');

const ip = (...words: string[]): string => execFileSync('ip', words, { encoding: 'utf8' });
const inServer = (...words: string[]): string => ip('netns', 'exec', serverSpace, ...words);
const script = (name: string): string => new URL(`support/${name}`, import.meta.url).pathname;
const node = [process.execPath, '--import', 'tsx'];

interface Reply {
  readonly check: string;
  readonly type?: number;
  readonly xid?: number;
  readonly yiaddr?: number;
  readonly source?: number;
  readonly destinationMac?: number[];
}
const client = (form: string, type: number, xid: number): Reply =>
  JSON.parse(ip('netns', 'exec', clientSpace, ...node, script('raw-client.ts'), 'lhc', form, String(type), String(xid))) as Reply;

/** Lines the server said so far, and waiting for one that fits. */
class Server {
  readonly process: ChildProcess;
  readonly said: Record<string, unknown>[] = [];
  #wake: () => void = () => {};

  constructor(words: readonly string[], interfaceNames: readonly string[]) {
    const command = ['netns', 'exec', serverSpace, ...words, ...node, script('fixed-server.ts'), leaseFile, ...interfaceNames];
    this.process = spawn('ip', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    let pending = '';
    this.process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) this.said.push(JSON.parse(line) as Record<string, unknown>);
      this.#wake();
    });
  }
  async hears(fits: (said: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    const until = Date.now() + 10_000;
    for (;;) {
      const found = this.said.find(fits);
      if (found !== undefined) return found;
      assert.ok(Date.now() < until, `the server said only ${JSON.stringify(this.said)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await exited;
  }
}

/** `words` begin the command line of the server. */
async function serve(t: TestContext, words: readonly string[] = [], interfaceNames: readonly string[] = []): Promise<Server> {
  const server = new Server(words, interfaceNames);
  t.after(() => server.stop());
  await server.hears(({ drops }) => drops === 'counted');
  return server;
}

/** A new interface of the server, up and with an address in its subnet. */
function plugIn(dev: string, address: string): void {
  ip('link', 'add', dev, 'netns', serverSpace, 'type', 'veth', 'peer', 'name', `${dev}c`, 'netns', clientSpace);
  ip('-n', serverSpace, 'addr', 'add', `${address}/24`, 'dev', dev);
  ip('-n', serverSpace, 'link', 'set', dev, 'up');
}

before(() => {
  if (skip !== false) return;
  for (const space of [serverSpace, clientSpace]) ip('netns', 'add', space);
  ip('link', 'add', 'lhs', 'netns', serverSpace, 'type', 'veth', 'peer', 'name', 'lhc', 'netns', clientSpace);
  ip('-n', serverSpace, 'addr', 'add', '10.99.0.1/24', 'dev', 'lhs');
  ip('-n', clientSpace, 'addr', 'add', '10.99.0.2/24', 'dev', 'lhc');
  ip('-n', serverSpace, 'link', 'set', 'lhs', 'up');
  ip('-n', clientSpace, 'link', 'set', 'lhc', 'up');
});
after(() => {
  if (skip === false) for (const space of [serverSpace, clientSpace]) ip('netns', 'del', space);
  rmSync(folder, { recursive: true, force: true });
});

test('a DISCOVER without an address is answered by a frame to the client, a REQUEST after its record', { skip }, async (t) => {
  const server = await serve(t);
  const offer = client('frame', 1, 1);
  assert.deepEqual(
    [offer.check, offer.type, offer.xid, offer.source, offer.destinationMac],
    ['ok', 2, 1, 0x0a630001, [2, 0, 0, 0, 0, 1]],
  );
  assert.equal(client('frame', 3, 2).type, 5);
  assert.match(readFileSync(leaseFile, 'utf8'), /binding state active;\n\}\n# group 1\n/);
  await server.hears(({ line }) => typeof line === 'string' && /^Listening on LPF\/lhs\/..:..:..:..:..:..\/10\.99\.0\.0\/24$/.test(line));
});

test('a wrong checksum is dropped, a partial one of a sender on this host is not', { skip }, async (t) => {
  const server = await serve(t);
  assert.equal(client('bad-checksum', 1, 3).check, 'nothing');
  assert.equal(client('udp', 1, 4).type, 2);
  server.process.kill('SIGUSR2');
  await server.hears(({ drops }) => (drops as Record<string, number> | undefined)?.['udp-checksum'] === 1);
  await server.hears(({ packet, source }) => packet === 1 && source === 0x0a630002);
});

test('UDP port 67 closed by the firewall does not keep frames and renewals out', { skip }, async (t) => {
  inServer('nft', 'add table inet lh; add chain inet lh in { type filter hook input priority 0; }; add rule inet lh in udp dport 67 drop');
  t.after(() => inServer('nft', 'delete table inet lh'));
  await serve(t);
  assert.equal(client('frame', 1, 5).type, 2);
  assert.equal(client('udp', 3, 6).type, 5);
});

test('without CAP_NET_RAW it receives by UDP, and says that the firewall must be open', { skip }, async (t) => {
  const server = await serve(t, ['setpriv', '--bounding-set', '-net_raw', '--inh-caps', '-net_raw']);
  await server.hears(({ complaint }) => /CAP_NET_RAW is missing.*firewall/.test(String(complaint)));
  assert.equal(client('udp', 1, 7).type, 2);
});

test('an interface that appears later is served, one that goes is not', { skip }, async (t) => {
  const server = await serve(t);
  plugIn('lhs2', '10.99.0.9');
  await server.hears(({ line }) => String(line).startsWith('Listening on LPF/lhs2/'));
  ip('-n', serverSpace, 'link', 'del', 'lhs2');
  await server.hears(({ line }) => String(line).startsWith('No longer listening on LPF/lhs2/'));
  await server.hears(({ interfaces }) => Array.isArray(interfaces) && interfaces.includes('lhs2'));
});

test('a named interface that is not there is told of, served when it comes, and told of again when it goes', { skip }, async (t) => {
  const server = await serve(t, [], ['lhs', 'lhs3']);
  const isTold = ({ complaint }: Record<string, unknown>): boolean => String(complaint).startsWith('There is no interface lhs3: ');
  await server.hears(isTold);
  await server.hears(({ line }) => String(line).startsWith('Listening on LPF/lhs/'));
  plugIn('lhs3', '10.99.0.10');
  await server.hears(({ line }) => String(line).startsWith('Listening on LPF/lhs3/'));
  ip('-n', serverSpace, 'link', 'del', 'lhs3');
  await server.hears(({ line }) => String(line).startsWith('No longer listening on LPF/lhs3/'));
  await server.hears(() => server.said.filter(isTold).length === 2);
});
