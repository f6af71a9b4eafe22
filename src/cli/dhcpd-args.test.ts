import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDhcpdArgs, type DhcpdArgs } from './dhcpd-args.ts';

const parse = (line: string, environment: NodeJS.ProcessEnv = {}): ReturnType<typeof parseDhcpdArgs> =>
  parseDhcpdArgs(line === '' ? [] : line.split(' '), environment, '/var/lib/dhcp/dhcpd.leases');

const accepted: readonly { id: string; line: string; environment?: NodeJS.ProcessEnv; expected: Partial<DhcpdArgs> }[] = [
  { id: 'nothing', line: '', expected: { configPath: '/etc/dhcp/dhcpd.conf', leasePath: '/var/lib/dhcp/dhcpd.leases', pidPath: '/var/run/dhcpd.pid', usesPidFile: true, isForeground: false, test: 'none', port: undefined } },
  { id: 'Debian', line: '-4 -q -cf /etc/dhcp/dhcpd.conf eth0 eth1', expected: { isQuiet: true, interfaceNames: ['eth0', 'eth1'] } },
  { id: 'Red Hat', line: '-f -cf /etc/dhcp/dhcpd.conf -user dhcpd -group dhcpd --no-pid', expected: { isForeground: true, logsToStderr: false, user: 'dhcpd', group: 'dhcpd', usesPidFile: false } },
  { id: 'container', line: '-f -d --no-pid', expected: { isForeground: true, logsToStderr: true } },
  { id: '-d alone stays in front', line: '-d', expected: { isForeground: true, logsToStderr: true } },
  { id: 'test', line: '-t -cf x', expected: { test: 'config', configPath: 'x' } },
  { id: 'test with leases', line: '-T', expected: { test: 'leases' } },
  { id: 'port and server', line: '-p 6767 -s 10.0.0.255', expected: { port: 6767, sendTo: 0x0a0000ff as DhcpdArgs['sendTo'] } },
  { id: 'environment', line: '', environment: { PATH_DHCPD_CONF: 'c', PATH_DHCPD_DB: 'l', PATH_DHCPD_PID: 'p', DHCPD_PORT: '1067' }, expected: { configPath: 'c', leasePath: 'l', pidPath: 'p', port: 1067 } },
  { id: 'flags outrank the environment', line: '-lf mine', environment: { PATH_DHCPD_DB: 'l' }, expected: { leasePath: 'mine' } },
];
for (const { id, line, environment, expected } of accepted)
  test(`dhcpd's command line: ${id}`, () => {
    const command = parse(line, environment);
    assert.equal(command.kind, 'run');
    if (command.kind === 'run') assert.deepEqual({ ...command.args, ...expected }, command.args);
  });

const refused: readonly { line: string; message: RegExp; showsUsage: boolean }[] = [
  { line: '--bogus', message: /^Unknown command --bogus$/, showsUsage: true },
  { line: '-cf', message: /^No argument for command: -cf$/, showsUsage: true },
  { line: '-p abc', message: /^Invalid port number specification: abc$/, showsUsage: false },
  { line: '-s here', message: /not an address/, showsUsage: false },
  { line: '-tf trace', message: /^-tf is not supported/, showsUsage: false },
  { line: '-play trace', message: /^-play is not supported/, showsUsage: false },
];
for (const { line, message, showsUsage } of refused)
  test(`dhcpd's command line refuses ${line}`, () => {
    const command = parse(line);
    assert.equal(command.kind, 'mistake');
    if (command.kind !== 'mistake') return;
    assert.match(command.message, message);
    assert.equal(command.showsUsage, showsUsage);
  });

test('-6 is refused wherever it stands', () => {
  assert.deepEqual(parse('-6'), { kind: 'mistake', message: 'DHCPv6 is not served by this program.', showsUsage: false });
});
test('version and help', () => {
  assert.equal(parse('--version').kind, 'version');
  assert.equal(parse('-h').kind, 'help');
  assert.equal(parse('--help').kind, 'help');
});
