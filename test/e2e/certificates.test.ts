// The failover connection of two real nodes by certificates of openssl: secured, renewed while serving, and refused where a
// certificate is another authority's, has expired, is another host's, or the partner has a key.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { Authority } from './support/authority.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import { leaseIsUnreadable } from './support/unreadable-lease.ts';

const skip = skipWithout('openssl', 'udhcpc', 'tshark') || (subject === 'dhcpd' && 'a test of Leasehold nodes');
type Role = 'primary' | 'secondary';
const addresses: Readonly<Record<Role, string>> = { primary: '10.64.0.1', secondary: '10.64.0.2' };
const otherRole = (role: Role): Role => (role === 'primary' ? 'secondary' : 'primary');
const config = (role: Role): string => `omapi-key k; key k { algorithm hmac-sha256; secret vhBJOlRUsC6HtbP5Yk+H3A==; }
failover peer "pair" { ${role}; address ${addresses[role]}; port 647; peer address ${addresses[otherRole(role)]}; peer port 647; max-response-delay 10;
  max-unacked-updates 10; load balance max seconds 3; ${role === 'primary' ? 'mclt 600; split 128;' : ''} }
authoritative; ddns-update-style none; ping-check false; default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.1.63; } }
`;

interface Bench {
  readonly lab: Lab;
  readonly ca: Authority;
  readonly primary: DhcpServer;
  readonly secondary: DhcpServer;
}
interface Wanted {
  /** Makes otherwise what is not to be as it should. */
  readonly make?: (ca: Authority, folder: string) => void;
  /** In each block; of the secondary, `secondaryProof` in place of certificate, key and authority. */
  readonly more?: string;
  readonly secondaryProof?: (folder: string) => string;
}
const proofOf = (folder: string, role: Role, authority = 'ca'): string =>
  `certificate "${join(folder, `${role}.pem`)}"; private-key "${join(folder, `${role}.key`)}"; authority "${join(folder, `${authority}.pem`)}";`;

async function open(t: TestContext, { make, more = '', secondaryProof }: Wanted = {}): Promise<Bench> {
  const lab = await openLab(t);
  const { folder } = lab;
  const ca = new Authority(folder, 'ca');
  for (const role of ['primary', 'secondary'] as const) ca.issue(role, `IP:${addresses[role]}`, 90);
  make?.(ca, folder);
  const server = (role: Role, proof: string): DhcpServer =>
    lab.server({ kind: 'leasehold', config: config(role), settings: `relationship { ${proof} ${more} }`, cidr: `${addresses[role]}/16`, interfaceNames: ['eth0'] });
  return { lab, ca, primary: server('primary', proofOf(folder, 'primary')), secondary: server('secondary', secondaryProof?.(folder) ?? proofOf(folder, 'secondary')) };
}
interface PeerStatus {
  readonly security: string | null;
  readonly isPinned: boolean;
  readonly isConnected: boolean;
  readonly certificates: { readonly subject: string; readonly until: number; readonly partner: { readonly subject: string; readonly until: number } | null } | null;
}
const statusOf = (server: DhcpServer): PeerStatus => (JSON.parse(server.command('failover', 'status', '--json')) as { value: [PeerStatus] }).value[0];
async function started({ primary, secondary }: Bench): Promise<void> {
  await primary.start();
  await secondary.start();
}
async function bothNormal(bench: Bench): Promise<void> {
  await started(bench);
  bench.primary.command('failover', 'init', '--yes');
  await Promise.all([bench.primary, bench.secondary].map((server) => server.line(/Both servers normal/)));
}

test('each with a certificate: TLS on the wire, no lease readable, and both know whom they speak to', { skip }, async (t) => {
  const bench = await open(t);
  const { lab, primary, secondary } = bench;
  const capture = await lab.capture(secondary.host, 'eth0', 'tcp port 647');
  await bothNormal(bench);
  for (const [server, own, partner] of [[primary, 'primary', 'secondary'], [secondary, 'secondary', 'primary']] as const) {
    await server.line(new RegExp(`the connection is secured \\(TLS 1\\.3, TLS_AES_128_GCM_SHA256\\), the partner's certificate is CN=${partner}`));
    const { security, isPinned, certificates } = statusOf(server);
    assert.deepEqual([security, isPinned, certificates?.subject, certificates?.partner?.subject], ['TLS_AES_128_GCM_SHA256', true, `CN=${own}`, `CN=${partner}`]);
    assert.match(server.command('failover', 'status'), new RegExp(`certificate  CN=${own}, valid until 2[0-9-]{9}\\n  partner's    CN=${partner}, valid until 2`));
  }
  await leaseIsUnreadable(lab, [primary, secondary], capture);
});

test('the partner is known by its name, or by the fingerprint of its certificate', { skip }, async (t) => {
  const fingerprint = (path: string): string => execFileSync('openssl', ['x509', '-noout', '-fingerprint', '-sha256', '-in', path], { encoding: 'utf8' }).split('=')[1]?.trim() ?? '';
  const bench = await open(t, {
    make: (ca) => {
      for (const role of ['primary', 'secondary'] as const) ca.issue(role, `DNS:${role}.example.org`, 90);
    },
    secondaryProof: (folder) => `${proofOf(folder, 'secondary')} partner-fingerprint "${fingerprint(join(folder, 'primary.pem'))}";`,
  });
  writeFileSync(join(bench.primary.folder, 'leasehold.conf'), `relationship { ${proofOf(bench.lab.folder, 'primary')} partner-name "secondary.example.org"; }`);
  await bothNormal(bench);
  for (const node of [bench.primary, bench.secondary]) assert.equal(statusOf(node).security, 'TLS_AES_128_GCM_SHA256');
});

test('a renewed certificate is taken by a reload: the connection stays, the next one shows it, and DHCP goes on', { skip }, async (t) => {
  const bench = await open(t);
  const { ca, lab, primary, secondary } = bench;
  await bothNormal(bench);
  const before = statusOf(secondary).certificates?.partner?.until ?? 0;
  ca.issue('primary', `IP:${addresses.primary}`, 365);
  const from = primary.child.lines.length;
  primary.command('reload');
  assert.ok((statusOf(primary).certificates?.until ?? 0) > before, 'what it shows next is the renewed one');
  assert.doesNotMatch(primary.child.lines.slice(from).join('\n'), /communications-interrupted/);
  assert.notEqual((await lab.client('udhcpc', '02:5e:c0:de:ab:2e').bind()).ip, '');
  await secondary.stop();
  await secondary.start();
  await secondary.child.line(/the connection is secured/, 0, 40_000);
  assert.ok((statusOf(secondary).certificates?.partner?.until ?? 0) > before);
});

// ── Who is not the partner ──

interface Row {
  readonly id: string;
  readonly make: (ca: Authority, folder: string) => void;
  readonly primary: RegExp;
  readonly secondary: RegExp;
}
const notSecured = (why: string): RegExp => new RegExp(`the connection could not be secured: ${why}`);
const toldBy = (why: string): RegExp => new RegExp(`(?:Failover CONNECT to pair rejected|Failover DISCONNECT from pair): you are not believed to be the partner: ${why}`);
const expired = (role: Role) => (ca: Authority): void => ca.issue(role, `IP:${addresses[role]}`, -1);
const rows: readonly Row[] = [
  {
    id: 'another host’s certificate at the primary', make: (ca) => ca.issue('primary', 'IP:10.64.0.9', 90),
    secondary: notSecured("its certificate \\(CN=primary\\) is not for the partner's address 10\\.64\\.0\\.1"), primary: toldBy('its certificate \\(CN=primary\\)'),
  },
  {
    id: 'another host’s certificate at the secondary', make: (ca) => ca.issue('secondary', 'IP:10.64.0.9', 90),
    primary: notSecured("its certificate \\(CN=secondary\\) is not for the partner's address 10\\.64\\.0\\.2"), secondary: toldBy('its certificate \\(CN=secondary\\)'),
  },
  {
    id: 'a certificate of the primary that has expired', make: expired('primary'),
    secondary: notSecured('its certificate \\(CN=primary\\) is refused: it has expired'), primary: toldBy('its certificate \\(CN=primary\\) is refused: it has expired'),
  },
  {
    id: 'a certificate of the secondary that has expired', make: expired('secondary'),
    primary: notSecured('its certificate \\(CN=secondary\\) is refused: it has expired'), secondary: toldBy('its certificate \\(CN=secondary\\) is refused: it has expired'),
  },
];
describe('both trust one authority, and the partner is not who it must be: no connection, never plain, one line on each side', { skip }, () => {
  for (const { id, make, ...said } of rows)
    test(id, async (t) => {
      const bench = await open(t, { make });
      await started(bench);
      await Promise.all([bench.primary.line(said.primary), bench.secondary.line(said.secondary)]);
      for (const server of [bench.primary, bench.secondary]) {
        assert.deepEqual([statusOf(server).isConnected, statusOf(server).security], [false, null]);
        assert.doesNotMatch(server.log, /is secured|NOT secured|peer moves/);
      }
    });
});

test('a certificate that another authority made, shown by one who claims to trust ours: refused, and never plain', { skip }, async (t) => {
  const bench = await open(t, {
    make: (ca, folder) => {
      const other = new Authority(folder, 'other');
      other.issue('secondary', `IP:${addresses.secondary}`, 90);
      writeFileSync(join(folder, 'both.pem'), [other, ca].map(({ file }) => readFileSync(file, 'latin1')).join(''));
    },
    secondaryProof: (folder) => proofOf(folder, 'secondary', 'both'),
  });
  await started(bench);
  await bench.primary.line(notSecured('its certificate \\(CN=secondary\\) is refused: no authority that this node trusts has signed it'));
  await bench.secondary.line(toldBy('its certificate \\(CN=secondary\\) is refused: no authority'));
  for (const node of [bench.primary, bench.secondary]) assert.deepEqual([statusOf(node).isConnected, statusOf(node).security], [false, null]);
});

for (const policy of ['prefer', 'require'] as const) {
  test(`two authorities, ${policy}: both say so with both fingerprints, and ${policy === 'prefer' ? 'the connection is plain' : 'there is none'}`, { skip }, async (t) => {
    const bench = await open(t, {
      make: (_ca, folder) => new Authority(folder, 'other').issue('secondary', `IP:${addresses.secondary}`, 90),
      more: `security "${policy}";`,
      secondaryProof: (folder) => proofOf(folder, 'secondary', 'other'),
    });
    await started(bench);
    if (policy === 'require') {
      await bench.secondary.line(/a plain connection was refused: the authorities differ: .* here has fingerprint [0-9a-f:]{23}, the partner's [0-9a-f:]{23}/);
      await bench.primary.line(/the connection must be secured/);
      assert.equal(statusOf(bench.primary).isConnected, false);
    } else for (const server of [bench.primary, bench.secondary]) await server.line(/NOT secured: the authorities differ: .* here has fingerprint [0-9a-f:]{23}, the partner's [0-9a-f:]{23}/);
  });

  test(`one side has a key and the other a certificate, ${policy}: both say so`, { skip }, async (t) => {
    const bench = await open(t, { more: `security "${policy}";`, secondaryProof: () => 'secure-key "k";' });
    await started(bench);
    if (policy === 'require') {
      await bench.secondary.line(/a plain connection was refused: this node has a key \(key k\), the partner a certificate/);
      await bench.primary.line(/the connection must be secured/);
      assert.equal(statusOf(bench.primary).isConnected, false);
    } else {
      await bench.primary.line(/NOT secured: this node has a certificate \(certificate .*\), the partner a key/);
      await bench.secondary.line(/NOT secured: this node has a key \(key k\), the partner a certificate/);
    }
  });
}
