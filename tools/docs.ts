// Writes the reference pages that come from tables: log events, commands, options, lints, differences from dhcpd. `--check` fails on a page that is out of date.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { profileRows } from '../src/config/boot-profiles.ts';
import { bootSettingRows } from '../src/config/boot-settings.ts';
import { openshiftRoles, openshiftRows, usualNames } from '../src/config/openshift-settings.ts';
import { packagedLoaders } from '../src/boot/packaged-loaders.ts';
import { commandTable } from '../src/control/command-table.ts';
import { firmwareRows, firmwares, isHttpFirmware } from '../src/model/firmware.ts';
import type { LogEvent } from '../src/model/log-event.ts';
import { packetLines } from '../src/model/packet-lines.ts';
import { predefinedSpaces } from '../src/wire/option-table.ts';
import { intendedDifferences } from '../test/differential/exchanges/intended.ts';
import { globSync } from './glob.ts';
import { lintPage } from './lint-page.ts';

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(escapeCell).join(' | ')} |`).join('\n');

/** Placeholder text of an event: every field prints as its own name. */
function textOf(event: LogEvent<object>): string {
  const names: ProxyHandler<object> = {
    get: (_, name) => (typeof name === 'string' ? `<${name}>` : undefined),
  };
  try {
    return event.text(new Proxy({}, names));
  } catch {
    return '';
  }
}

const isLogEvent = (value: unknown): value is LogEvent<object> =>
  typeof value === 'object' && value !== null && 'id' in value && 'help' in value && 'text' in value && 'level' in value;

/** Every logEvent() exported by a file named log-events.ts. */
async function logEvents(): Promise<LogEvent<object>[]> {
  const files = globSync('src', 'log-events.ts');
  const modules = await Promise.all(
    files.map(async (file) => (await import(pathToFileURL(file).href)) as Record<string, unknown>),
  );
  return modules
    .flatMap((exported) => Object.values(exported).flatMap((value) => (Array.isArray(value) ? value : [value])))
    .filter(isLogEvent);
}

async function logEventPage(): Promise<string> {
  const events = await logEvents();
  const ids = events.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) throw new Error(`log event declared twice: ${twice.join(', ')}`);
  const rows = [
    ...Object.values(packetLines).map(({ id, level, parts, help }) => [
      `\`${id}\``,
      level,
      `\`${parts.map((part) => (part.kind === 'text' ? part.text : `<${part.kind}>`)).join('')}\``,
      help,
    ]),
    ...events.map((event) => [`\`${event.id}\``, event.level, `\`${textOf(event)}\``, event.help]),
  ].toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
  return `# Log events\n\nThe text is dhcpd's own where dhcpd has one; the id is stable and is what JSON logs carry.\n\n${table(['id', 'level', 'text', 'meaning'], rows)}\n`;
}

const commandPage = (): string =>
  `# Commands of a running node\n\nThe command line (\`leasehold leases …\`, \`leasehold failover …\`), the control socket and OMAPI share them.\n\n${table(
    ['command', 'danger', 'arguments', 'what it does', 'warning'],
    commandTable.map((row) => [
      `\`${row.name}\``,
      row.danger,
      row.arguments.map((name) => `\`${name}\``).join(' '),
      row.summary,
      row.warning ?? '',
    ]),
  )}\n`;

function optionPage(): string {
  const spaces = [...predefinedSpaces.values()].map((space) => {
    const rows = [...space.byCode.values()]
      .toSorted((a, b) => a.code - b.code)
      .map(({ code, name, format }) => [String(code), `\`${name}\``, `\`${format}\``]);
    return `## Space \`${space.name}\`\n\n${table(['code', 'name', 'format'], rows)}\n`;
  });
  return `# Predefined options and parameters\n\nFormat letters are those of dhcpd; parameters are the options of space \`server\`.\n\n${spaces.join('\n')}`;
}

const firmwareTable = (): string =>
  table(
    ['machine', 'option 60', 'option 93', 'first file'],
    firmwares.map((name) => {
      const { title, codes, loader } = firmwareRows[name];
      const way = isHttpFirmware(name);
      return [title, way ? 'HTTPClient' : 'PXEClient', codes.join(' or '), `${way ? 'URL of ' : ''}\`${name}-loader\` (\`${loader}\`)`];
    }),
  );
const packageTable = (): string =>
  table(['name', 'from package'], [...packagedLoaders].map(([name, from]) => [`\`${name}\``, from.map((loader) => loader.package).join(', ')]));

const bootPage = (): string => `# Boot files

A machine that boots from the network needs its loader as much as its lease, so both nodes of a pair can serve the same files. A
block in \`leasehold.conf\` (beside \`dhcpd.conf\`) switches it on; without the block nothing is served and no port is opened.

\`\`\`
boot {
  root "/srv/tftp";
  http-port 80;
}
\`\`\`

${table(
  ['setting', 'value', 'default', 'meaning'],
  bootSettingRows.map(({ definition, unit, byDefault, help }) => [`\`${definition.name}\``, unit, byDefault, help]),
)}

Files are served by a process of its own: another user, no capability, no leases, started again when it dies. They are read only,
over TFTP (RFC 1350, 2347, 2348, 2349, 7440; octet and netascii) and over HTTP (GET and HEAD, ranges). Nothing outside the root is
read, whatever a name or a symbolic link says. A server under \`-chroot\` cannot start that process: it says so and serves DHCP alone.

Trees of other servers work as they are. The file of one machine, \`pxelinux.cfg/01-52-54-00-12-34-56\` or
\`grub.cfg-01-52-54-00-12-34-56\`, is found in any letter case and with \`:\` or \`.\` as separator; when it is spelled
otherwise than the machine asked for, the log says so.

A thousand transfers run at once, three hundred of one address. A request above that takes the place of one that nobody has
acknowledged yet, of its own address where that has its share; one that is acknowledged keeps its place. An address may ask 600 times
at once and 200 times a second from then on, all together 2000 times and 1000 a second; what is above goes unanswered, and boot ROMs
ask again. So a flood takes a bounded part of the machine, whatever it asks for: at most 260 kB and two
descriptors a transfer, and 32 MiB for all of netascii, which is held in memory. While it lasts the file server has only the processor
time that nobody else wants (\`SCHED_IDLE\`), so that DHCP answers as without it. To give it back afterwards the server needs
CAP_SYS_NICE, which root has, or \`LimitNICE=+5\` of its unit, which \`packaging/leasehold.service\` has; in a container,
\`--cap-add SYS_NICE\`. Otherwise the file server stays five nice steps below DHCP.

Every transfer, miss and refusal is a line of the log: docs/log-events.md, \`BOOT_…\`.

## Which node boots a machine

What the machine is told (\`next-server\`, \`filename\`, option 67) is what \`dhcpd.conf\` says, and one address there means that one
machine must live. With

\`\`\`
boot {
  next-server self;
}
\`\`\`

in the \`leasehold.conf\` of both nodes, the node that answers is also the boot server: siaddr is the address by which it calls itself
towards that client (its server identifier, option 54), in place of every \`next-server\` of \`dhcpd.conf\`. Where \`dhcpd.conf\` sets
\`server-name\` or option 66 (\`tftp-server-name\`), these say the same address, because some loaders believe them first. Nothing else
changes: file names stay, and so do URLs, option 150 and option 43, which name servers of their own. A machine whose node dies while it
loads asks again, by DHCP, and the other node answers. \`leasehold check\` complains about a pair whose network boot hangs on one machine
(L2011), \`leasehold explain\` tells what was overridden. An example of a pair is in \`examples/boot-pair/\`.

## The same files on both nodes

A machine boots from whichever node answers it, so both must have the same files. Two Leasehold nodes with a secured connection
([failover-security.md](failover-security.md)) compare theirs, by content, when the connection comes up and once a minute: what differs
is one line of the log on each node, and

\`\`\`
leasehold boot files              # names what differs; ends with 1 when something does
leasehold boot sync --dry-run     # what would be copied to this node
leasehold boot sync               # shows it, asks, copies the partner's files to this node
\`\`\`

- Copying replaces what has other content than the partner's and adds what is missing; what only this node has stays.
- A file is replaced when the whole of it has arrived and its SHA-256 is the partner's: a machine that boots meanwhile gets the old one
  or the new one.
- It travels over the failover connection in small pieces, and never leaves the root, whatever links are there. The server itself needs
  write access to the root for it (the process that serves files needs none); without, each file says why it was not copied.
- Up to 20,000 files are compared. The digests are made by the process that serves the files; a file whose size and time stayed is not
  read again.

## Boot profiles

A profile says what machines boot and which; their configuration files need not be written, one for each MAC address, any more:

\`\`\`
boot {
  next-server self;
  profile "web" {
    match host "web-*";
    kernel "linux/vmlinuz";
    initrd "linux/initrd.img";
    arguments "console=ttyS0 ip=dhcp name=\${hostname} answers=http://\${node}:8080/answers/\${mac}";
  }
}
\`\`\`

${table(
  ['statement', 'value', 'meaning'],
  [
    ['`match host`, `match group`, `match class`', 'names or patterns in quotes', 'Names of host declarations, of the groups around them and of classes of dhcpd.conf; `*` stands for any text, `?` for one character, letter case does not count. What fits one match statement of a profile fits the profile, and the first profile in the file that fits belongs to the machine.'],
    ['`match mac`', 'hex bytes', 'The machine with this MAC address, declared or not; fewer than six bytes: every machine whose address begins so.'],
    ...profileRows.map(({ definition, unit, help }) => [`\`${definition.name}\``, unit, help]),
  ],
)}

In \`arguments\` stand for the machine: \`\${hostname}\` (the name of its host declaration; empty without one), \`\${ip}\` (the address it was
given last, or its fixed address), \`\${mac}\` (with colons, lower case) and \`\${node}\` (the address of this node at which it asks for the
file).

When a machine with a profile asks for \`pxelinux.cfg/01-MAC\`, \`grub.cfg-01-MAC\` (in any folder) or \`ipxe/01-MAC.ipxe\`, the file is made
from its profile. A file of that name below the root wins, however it spells the MAC address. \`grub.cfg\` without a MAC address leads
to the machine's own, for signed GRUB images that ask for nothing else. Each file prints one line on the console, who boots which profile from
which node. When a file does not come, GRUB and iPXE start over with DHCP, which the other node answers; pxelinux goes to the next boot
device when a file is not there or nobody answers for it, and starts over when its server falls silent in the middle of one, after a
time of its own (option 211 of dhcpd.conf; five minutes by its documentation).

Every node knows the declared machines from the start, machines that only a class or a MAC address matches from the time when it gave
them an address.

A machine with a profile to which \`dhcpd.conf\` gives no \`filename\` is told its first file in OFFER and ACK, with the answering node
as its boot server unless \`dhcpd.conf\` names another:

${firmwareTable()}

iPXE itself (option 175, or user class iPXE) is given its script \`ipxe/01-MAC.ipxe\`, by HTTP where that is served: never iPXE again. Of a
client that lists several architectures the first one counts that has a loader. For every other architecture (Itanium, PowerPC, s390,
MIPS, Sunway, U-Boot, Raspberry Pi, …) a profile has no first file: the log says so at the answer (\`BOOT_MACHINE_CANNOT\`), and
\`leasehold boot preview MAC --arch CODE\` before. \`leasehold check\` warns when ports or a \`filename\` of \`dhcpd.conf\` keep profiles from
working.

What else is in the answer, as far as it is about network boot:

| option | in the answer to a machine with a profile | else |
| --- | --- | --- |
| siaddr, file | The boot server and the first file, the same in OFFER and ACK; options never take the place of a file | what \`dhcpd.conf\` says |
| 60 | \`HTTPClient\` for HTTP boot, which takes no answer without it. Never \`PXEClient\`, which would send the machine to port 4011 | what \`dhcpd.conf\` says |
| 93, 94, 97 | What the machine sent, where that is well-formed (RFC 4578 §2.1 to §2.3). With 97 GRUB looks for \`grub.cfg-UUID\` before it tries the MAC address | what \`dhcpd.conf\` says; a dhcpd sends none |
| 43, 66, 67, 150, 175, 208 to 211 | What \`dhcpd.conf\` says; none is made up. With \`next-server self\` a configured 66 is the answering node | what \`dhcpd.conf\` says |

Loaders that the root does not hold are served under these names from Debian's packages, where these are installed; of several the first:

${packageTable()}

\`apt install pxelinux syslinux-common ipxe grub-efi-amd64-signed shim-signed\` is all for BIOS and x86-64. With Secure Boot say
\`x64-loader "shimx64.efi";\`: shim then asks for \`grubx64.efi\`, which must be the signed one, and GRUB starts signed kernels only.
For every other kind of firmware in the table above copy a GRUB or an iPXE of one's own below the root, under the name of the setting: Debian
12 has iPXE for x86-64 and BIOS alone. A GRUB of one's own that is made with \`grub-mkimage -p /grub\` asks for \`/grub/grub.cfg-01-MAC\`.

\`leasehold boot preview MAC [--arch KIND]\` shows all this for one machine without booting it: what its firmware is told, the files that
its loader then asks for, what is in its configuration, whether each of them is there and may be read by the file server's user, and
whether each URL of another server in it answers. KIND is the name of a loader's setting without \`-loader\`, or a code of option 93;
without it BIOS and x86-64 are shown. It ends with 1 when something is missing.

\`leasehold boot status [MACHINE]\` tells in one sentence where the boot of each machine stands still; with a machine, by MAC address, IP
address or host name, its timeline: the answers by DHCP to its firmware, to iPXE and to the system that came up, and every file that it
asked for, with bytes, repeats and misses. Kept are the last 60 steps of the last 1000 machines since the node started; what the other
node of a pair answered, that one knows.

\`\`\`
$ leasehold boot status web-1
10.1.0.21, 52:54:00:12:34:56, web-1, profile web: asked for linux/vmlinuz at last, which is not there; linux/VMLINUZ differs only in letter case
  2026-11-28T10:02:11Z  offer    dhcp  10.1.0.21 to BIOS firmware: pxelinux.0 from 10.1.0.2
  2026-11-28T10:02:15Z  ack      dhcp  10.1.0.21 to BIOS firmware: pxelinux.0 from 10.1.0.2
  2026-11-28T10:02:15Z  sent     tftp  pxelinux.0  (42430 bytes)
  2026-11-28T10:02:16Z  sent     tftp  ldlinux.c32  (119524 bytes)
  2026-11-28T10:02:16Z  missing  tftp  pxelinux.cfg/bb5e5c4a-0f56-11ee-be56-0242ac120002
  2026-11-28T10:02:16Z  sent     tftp  pxelinux.cfg/01-52-54-00-12-34-56  (301 bytes, made from profile web)
  2026-11-28T10:02:16Z  missing  tftp  linux/vmlinuz
\`\`\`

Status, preview and the log name what people look for longest: a file that is there under a name with other letter case (the MAC address
in a name is forgiven any spelling), and firmware that is given a program for another kind of firmware.

## Once from the network, then from disk

An installer that the network boots begins again at every boot, unless the machine starts from its disk first or something remembers
that it was here.

\`\`\`
leasehold boot set web-1 install                # its profile once, then its disk
leasehold boot set 52:54:00:12:34:56 rescue     # the profile "rescue" once, then its disk
leasehold boot set web-1 local                  # its disk
leasehold boot set web-1 --clear                # as its profile says, every time
leasehold boot set                              # what is set
\`\`\`

*Once* is when the machine has fetched, each to its end, its file with the MAC address in the name, made from the profile, and after
it from the same address the kernel and every initrd of that profile. What the kernel fetches itself (a root file system, an ignition
file) does not count, and whether the installation succeeded is not seen. From then on its file says to boot from disk: \`LOCALBOOT 0\`
for pxelinux; GRUB starts the loader of the disk's EFI system partition, because UEFI shows its menu when GRUB just exits; iPXE starts the
first disk of a BIOS and exits for UEFI. A machine that is switched off in the middle of its files has not booted: it gets its profile again.

With \`boot-once on;\` in a profile this needs no command: every machine boots it once, and again after \`boot set MACHINE install\`.

What is set is kept in the lease file, in a comment, which dhcpd passes over; it is there after a crash and after a rewrite of the
file. A file of the machine's own below the root still wins, and then nothing of this happens to it. \`boot status\` shows what is set
behind where the boot stands, \`boot preview --leases FILE\` what the machine will be told. A choice that is made while the machine
fetches counts: the fetch does not end it. Of two choices the later one counts, by the wall clock of who made it.
Two Leasehold nodes with a secured connection tell each other what is set and what was fetched, so it does not matter on which node it is
set, nor which one the machine boots from.

## OpenShift

\`\`\`
boot {
  next-server self;
  openshift "ocp4" {
    install-device "/dev/vda";
  }
}
\`\`\`

makes the profiles \`ocp4-bootstrap\`, \`ocp4-master\` and \`ocp4-worker\` for RHCOS on machines of one's own (user-provisioned
infrastructure): kernel, initrd and root file system of the release, and \`coreos.inst.…\` with the ignition file of the role. Hosts are
${openshiftRoles.map((role) => `${usualNames[role].map((name) => `\`${name}\``).join(', ')} (${role})`).join('; ')}. Where others are meant, \`match bootstrap\`,
\`match master\` and \`match worker\` say which, as names or patterns; then no other host counts. The order of machines, first bootstrap,
then masters, is nothing that a boot server knows.

${table(
  ['setting', 'value', 'default', 'meaning'],
  [
    ...openshiftRows.map(({ definition, unit, byDefault, help }) => [`\`${definition.name}\``, unit, byDefault, help]),
    ['`kernel`, `initrd`', 'file names in quotes', '"rhcos/kernel", "rhcos/initramfs.img"', 'As in a profile: the live kernel and initramfs of RHCOS, below the root.'],
    ['`arguments`', 'text in quotes', 'none', 'As in a profile: what else the kernel is told.'],
    ['`boot-once`', '`on` or `off`', 'on', 'As in a profile: a machine whose installer was fetched boots from its disk from then on.'],
  ],
)}

### Hosts from an installer's files

\`leasehold boot import FILE…\` makes host declarations and boot profiles from what describes the machines already:

| file | known by | hosts | profile |
| --- | --- | --- | --- |
| agent-config.yaml | \`kind: AgentConfig\` | \`hosts\`: \`hostname\`, MAC address of the interface that has a static IPv4 address in \`networkConfig\`, else of the first | one for all: the live system of \`openshift-install agent create pxe-files\`, as \`boot-artifacts/\` below the root |
| install-config.yaml | \`baseDomain\` or \`controlPlane\` | \`platform.baremetal.hosts\`: \`name\`, \`bootMACAddress\` | by \`role\` |
| vars.yaml of ocp4-helpernode | \`helper\`, \`masters\` or \`bootstrap\` | \`bootstrap\`, \`masters\`, \`workers\`, \`other\`: \`name\`, \`macaddr\`, \`ipaddr\` | by list; none for \`other\` |
| CSV | its heading, such as \`name,mac,ip,role,disk\` | a line each; name and mac are needed | by role: bootstrap, master (control-plane), worker (compute, infra) |

Several files of one cluster complete each other. Two files are written beside \`dhcpd.conf\` (\`--hosts\`, \`--profiles\` name others):
\`CLUSTER-hosts.conf\`, which \`dhcpd.conf\` includes, and \`CLUSTER-boot.conf\`, which the block \`boot { … }\` includes, with an
\`openshift\` block for each disk that is installed on. What changes is shown line by line, and written after a yes (\`--yes\`) or not
at all (\`--dry-run\`); importing the same file again changes nothing. A mistake is shown with its line, and then nothing is written. A
host that is declared elsewhere stays there when it is the same, and is a mistake when it is not. With \`--dynamic\` the hosts are made in
the running server, as by \`leasehold hosts import\`, and only the profiles are written. An example is in \`examples/openshift/\`.
`;

const repliesBegin = '<!-- replies: written by tools/docs.ts from test/differential/exchanges/intended.ts -->\n';
const repliesEnd = '<!-- end of replies -->\n';
/** Only the part between its marks comes from a table: what the comparison of replies with dhcpd lets differ. */
function differencesPage(): string {
  const text = readFileSync('docs/differences.md', 'utf8');
  const [before, rest = ''] = text.split(repliesBegin);
  const [, after] = rest.split(repliesEnd);
  if (before === undefined || after === undefined) throw new Error('docs/differences.md has lost the marks of its generated part');
  const rows = intendedDifferences.map(({ topic, dhcpd, leasehold, reason }) => [topic, dhcpd, leasehold, reason]);
  return `${before}${repliesBegin}\n${table(['Topic', 'ISC dhcpd 4.4.3', 'Leasehold', 'Why'], rows)}\n\n${repliesEnd}${after}`;
}

/** Page by path; what is generated is never edited. */
export async function pages(): Promise<Readonly<Record<string, string>>> {
  return {
    'docs/log-events.md': await logEventPage(),
    'docs/commands.md': commandPage(),
    'docs/options.md': optionPage(),
    'docs/boot.md': bootPage(),
    'docs/lints.md': lintPage(),
    'docs/differences.md': differencesPage(),
  };
}

/** Paths whose page on disk differs from its tables. */
export const stalePages = (all: Readonly<Record<string, string>>): string[] =>
  Object.entries(all)
    .filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text)
    .map(([path]) => path);

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const all = await pages();
  const stale = stalePages(all);
  if (!process.argv.includes('--check')) for (const path of stale) writeFileSync(path, all[path] ?? '');
  for (const path of stale) console.log(`${process.argv.includes('--check') ? 'out of date' : 'written'}: ${path}`);
  if (process.argv.includes('--check') && stale.length > 0) process.exitCode = 1;
}
