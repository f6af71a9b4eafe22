// Imported hosts as declarations for dhcpd.conf, and as what leasehold.conf says of their boots. One host a line and no times, so that
// a second import of the same file changes nothing.

import { openshiftRoles } from '../../config/openshift-settings.ts';
import type { ImportedHost } from './imported.ts';

const quoted = (text: string): string => `"${text}"`;
const head = (what: string, where: string, path: string): string => `# ${what}, written by leasehold boot import.\n# ${where} holds:  include ${quoted(path)};\n`;

export function hostsText(hosts: readonly ImportedHost[], path: string): string {
  const lines = hosts.map(({ name, mac, address }) =>
    `host ${name} { hardware ethernet ${mac};${address === '' ? '' : ` fixed-address ${address};`} option host-name ${quoted(name)}; }`);
  return `${head('Hosts', 'dhcpd.conf', path)}${lines.join('\n')}\n`;
}

/** A list of names that stays readable. */
const matchLines = (word: string, names: readonly string[]): string[] => {
  const perLine = 6;
  return Array.from({ length: Math.ceil(names.length / perLine) }, (_, row) => `  match ${word} ${names.slice(row * perLine, (row + 1) * perLine).map(quoted).join(', ')};`);
};

/** The live system of the agent-based installer, as `openshift-install agent create pxe-files` names its files. */
function agentProfile(name: string, hosts: readonly ImportedHost[], httpPort: number): string[] {
  if (hosts.length === 0) return [];
  return [
    `profile ${quoted(`${name}-agent`)} {`,
    ...matchLines('host', hosts.map((host) => host.name)),
    '  kernel "boot-artifacts/agent.x86_64-vmlinuz";',
    '  initrd "boot-artifacts/agent.x86_64-initrd.img";',
    '  arguments "rw ignition.firstboot ignition.platform.id=metal";',
    `  arguments "coreos.live.rootfs_url=http://\${node}${httpPort === 80 ? '' : `:${httpPort}`}/boot-artifacts/agent.x86_64-rootfs.img";`,
    '  boot-once on;',
    '}',
  ];
}

/** One block for each disk that is installed on. */
function openshiftBlock(name: string, device: string, hosts: readonly ImportedHost[]): string[] {
  return [
    `openshift ${quoted(name)} {`,
    ...(device === '' ? [] : [`  install-device ${quoted(device)};`]),
    ...openshiftRoles.flatMap((role) => matchLines(role, hosts.filter((host) => host.role === role).map((host) => host.name))),
    '}',
  ];
}

/** Empty when no host has a profile. `cluster`: a name. */
export function bootText(hosts: readonly ImportedHost[], cluster: string, path: string, httpPort: number): string {
  const rhcos = hosts.filter(({ boots, role }) => boots === 'rhcos' && role !== undefined);
  const devices = [...new Set(rhcos.map(({ device }) => device))];
  const blocks = devices.flatMap((device, index) =>
    openshiftBlock(index === 0 ? cluster : `${cluster}-${device.replace(/^\/dev\//, '').replace(/\W+/g, '-') || 'disk'}`, device, rhcos.filter((host) => host.device === device)));
  const lines = [...agentProfile(cluster, hosts.filter(({ boots }) => boots === 'agent'), httpPort), ...blocks];
  return lines.length === 0 ? '' : `${head('Boot profiles', 'The block boot { … } of leasehold.conf', path)}${lines.join('\n')}\n`;
}
