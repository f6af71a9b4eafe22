// `leasehold leases` against a running server, as people type it: lists and how they are cut, CSV and JSON, watching, one address, its history.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Child } from '../../src/cli/lab/child.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';

const skip = skipWithout() || (subject === 'dhcpd' && 'the commands are ours');
const config = `authoritative; default-lease-time 3600;
subnet 192.168.50.0 netmask 255.255.255.0 { range 192.168.50.100 192.168.50.110; }
`;
/** Far enough away that no lease ends meanwhile: 2100-01-01. */
const later = 4_102_444_800;
const record = (last: number, state: string, name: string): string => `lease 192.168.50.${last} {
  starts epoch 1764000000;
  ends epoch ${state === 'free' ? 1_764_003_600 : later};
  cltt epoch 1764000000;
  binding state ${state};
  next binding state free;
  hardware ethernet 02:ee:00:00:00:${last - 90};
  set vendor-class-identifier = "PXEClient:Arch:00007";
  set user-class-identifier = "\\004iPXE";
  option agent.circuit-id "p7-1";
  option agent.remote-id aa:bb:1;
  client-hostname "${name}";
}
`;
/** The first address was given, given back and given again. */
const leases = [record(100, 'active', 'printer'), record(100, 'free', 'printer'), record(100, 'active', 'printer'), record(101, 'active', 'desk, left'), record(102, 'free', 'desk-right')].join('');

const program = join(import.meta.dirname, '../../dist/leasehold.mjs');

class Commands {
  readonly server: DhcpServer;
  constructor(server: DhcpServer) {
    this.server = server;
  }
  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, LEASEHOLD_CONTROL: this.server.controlSocket };
  }
  run(...words: readonly string[]): { readonly status: number | null; readonly lines: readonly string[]; readonly err: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'leases', ...words], { encoding: 'utf8', env: this.#env });
    return { status, lines: stdout.trimEnd().split('\n'), err: stderr };
  }
  start(...words: readonly string[]): Child {
    return new Child([process.execPath, program, 'leases', ...words], { env: this.#env });
  }
}

async function open(t: TestContext): Promise<Commands> {
  const lab = await openLab(t);
  const server = lab.server({ kind: 'leasehold', config });
  writeFileSync(server.leaseFile, leases);
  return new Commands(await server.start());
}

test('leasehold leases: lists, and how they are cut', { skip }, async (t) => {
  const commands = await open(t);
  const addresses = (...words: readonly string[]): (string | undefined)[] =>
    commands.run(...words).lines.slice(1, -1).map((line) => /^192\.168\.50\.(\d+) /.exec(line)?.[1]);
  const whole = commands.run();
  assert.equal(whole.status, 0);
  assert.match(whole.lines[0] ?? '', /^ip +state +hardware +hardware type +hostname +vendor class +user class +agent options +starts +ends +last contact +is reserved$/);
  assert.match(whole.lines[1] ?? '', /^192\.168\.50\.100 +active +02:ee:00:00:00:10 +ethernet +printer +PXEClient:Arch:00007 +\.iPXE +circuit-id "p7-1" remote-id aa:bb:1 +2025-11-24T16:00:00Z +2100-01-01T00:00:00Z +2025-11-24T16:00:00Z +false$/);
  assert.equal(whole.lines.at(-1), '3 leases');
  const rows: readonly (readonly [words: readonly string[], addresses: readonly string[], count: number])[] = [
    [['list'], ['100', '101', '102'], 3],
    [['--state', 'active'], ['100', '101'], 2],
    [['--search', 'DESK'], ['101', '102'], 2],
    [['--search', ':0b'], [], 0],
    [['--search', 'ee:00:00:00:11'], ['101'], 1],
    [['--search', '50.102'], ['102'], 1],
    [['--search', 'desk', '--state', 'free'], ['102'], 1],
    [['--limit', '1'], ['100'], 3],
  ];
  for (const [words, wanted, count] of rows) {
    assert.deepEqual(wanted.length === 0 ? [] : addresses(...words), wanted, words.join(' '));
    assert.equal(commands.run(...words).lines.at(-1), `${count} leases`, words.join(' '));
  }
});

/** What each client said of itself, as CSV. */
const said = 'PXEClient:Arch:00007,.iPXE,"circuit-id ""p7-1"" remote-id aa:bb:1"';

test('leasehold leases as CSV and JSON; one address', { skip }, async (t) => {
  const commands = await open(t);
  assert.deepEqual(commands.run('--csv', '--search', 'desk').lines, [
    'ip,state,hardware,clientId,hostname,starts,ends,lastContact,vendorClass,userClass,agentOptions',
    `192.168.50.101,active,02:ee:00:00:00:11,,"desk, left",1764000000,${later},1764000000,${said}`,
    `192.168.50.102,free,02:ee:00:00:00:12,,desk-right,1764000000,1764003600,1764000000,${said}`,
  ]);
  const [line = ''] = commands.run('--json', '--search', 'printer').lines;
  const printer = {
    ip: '192.168.50.100', state: 'active', hardware: '02:ee:00:00:00:10', hardwareType: 'ethernet', clientId: null, hostname: 'printer',
    vendorClass: 'PXEClient:Arch:00007', userClass: '.iPXE', agentOptions: 'circuit-id "p7-1" remote-id aa:bb:1',
    starts: 1_764_000_000, ends: later, lastContact: 1_764_000_000, isReserved: false,
  };
  assert.deepEqual(JSON.parse(line), { ok: true, value: { count: 1, leases: [printer] } });
  assert.deepEqual(JSON.parse(commands.run('show', '192.168.50.100', '--json').lines[0] ?? ''), { ok: true, value: printer });
  const refused = commands.run('show', '10.0.0.1');
  assert.deepEqual([refused.status, refused.err], [1, 'leasehold: 10.0.0.1 is in no range of the configuration\n']);
});

test('leasehold leases --watch: a line for each lease that changes, until the server is gone', { skip }, async (t) => {
  const commands = await open(t);
  const forms: readonly (readonly [words: readonly string[], first: RegExp, changed: RegExp])[] = [
    [[], /^3 leases$/, /^\d{4}-\d\d-\d\dT\S+ {2}192\.168\.50\.100 {2}free {2}/],
    [['--csv'], /^192\.168\.50\.102,/, /^192\.168\.50\.100,free,/],
    [['--json'], /^\{"ok":true/, /^\{"ip":"192\.168\.50\.100","state":"free",/],
  ];
  const watching = forms.map(([words]) => commands.start('--watch', ...words));
  for (const [index, child] of watching.entries()) await child.line(forms[index]?.[1] ?? /^/);
  const asked = commands.run('free', '192.168.50.100');
  assert.equal(asked.status, 1);
  assert.match(asked.err, /Free an address whose holder is gone\. The address may be given to another client at once\..*\n.*nothing was done; say --yes/);
  assert.equal(commands.run('free', '192.168.50.100', '--yes').status, 0);
  for (const [index, child] of watching.entries()) await child.line(forms[index]?.[2] ?? /^/);
  await commands.server.stop();
  for (const child of watching) {
    assert.equal((await child.exited).code, 2);
    assert.equal(child.lines.filter((line) => /no server answers|closed the connection/.test(line)).length, 1, child.text);
  }
  const alone = commands.run('--watch');
  assert.deepEqual([alone.status, alone.err.match(/no server answers/g)?.length], [2, 1]);
});

test('leasehold leases history: from the file, without a server', { skip }, async (t) => {
  const commands = await open(t);
  await commands.server.stop();
  const history = (...words: readonly string[]) => commands.run('history', ...words, '--file', commands.server.leaseFile);
  const { count, events } = JSON.parse(history('192.168.50.100', '--json').lines[0] ?? '') as { count: number; events: { state: string; ends: number }[] };
  assert.ok(count > 0 && count === events.length);
  assert.deepEqual(events.at(-1), { ip: '192.168.50.100', state: 'active', lastContact: 1_764_000_000, starts: 1_764_000_000, ends: later, hardware: '02:ee:00:00:00:10', hostname: 'printer' });
  assert.equal(history('02:ee:00:00:00:11').lines.at(-1), `${history('192.168.50.101', '--csv').lines.length - 1} records`);
  assert.equal(history('192.168.50.109').status, 1);
  const missing = commands.run('history', '192.168.50.100', '--file', join(commands.server.folder, 'nothing'));
  assert.equal(missing.status, 2);
  assert.match(missing.err, /no such file .*; name the lease file with --file/);
});
