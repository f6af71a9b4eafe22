// The installers' files: agent-config.yaml, install-config.yaml, and the vars.yaml of ocp4-helpernode.

import type { Diagnostic } from '../../model/diagnostic.ts';
import { hostFrom, missing, notTakenOver, wrongKind, type Field, type Imported, type ImportedHost, type RawHost } from './imported.ts';
import type { YamlValue } from './yaml-value.ts';

type Report = (diagnostic: Diagnostic) => void;
type Read = (document: YamlValue, report: Report) => Pick<Imported, 'cluster' | 'hosts'>;

const same = (a: Field | undefined, b: Field | undefined): boolean => a !== undefined && b !== undefined && a.text.toLowerCase() === b.text.toLowerCase();

/** The static address that nmstate gives one of the machine's interfaces, found by MAC address or name. */
function staticAddress(networkConfig: YamlValue, mac: Field | undefined, interfaceName: Field | undefined): Field | undefined {
  for (const each of networkConfig.field('interfaces').mappings()) {
    const isIt = same(each.field('mac-address').text(), mac) || same(each.field('name').text(), interfaceName);
    const [first] = isIt ? each.field('ipv4', 'address').mappings() : [];
    const address = first?.field('ip').text();
    if (address !== undefined) return address;
  }
  return undefined;
}

/** hosts: [{ hostname, role, rootDeviceHints, interfaces: [{ name, macAddress }], networkConfig }] */
function agentHost(host: YamlValue, report: Report): RawHost {
  const cards = host.field('interfaces').mappings().map((card) => ({ name: card.field('name').text(), mac: card.field('macAddress').text() }));
  const networkConfig = host.field('networkConfig');
  const withAddress = cards.map((card) => ({ ...card, address: staticAddress(networkConfig, card.mac, card.name) }));
  const card = withAddress.find(({ address }) => address !== undefined) ?? withAddress[0];
  if (withAddress.length > 1 && card?.mac !== undefined)
    report(notTakenOver(card.mac.span, `of ${withAddress.length} interfaces this one is imported`, 'let the machine boot from the network by this one, or write the MAC address of another one into the host declaration'));
  return {
    span: host.span, name: host.field('hostname').text(), mac: card?.mac, address: card?.address, role: host.field('role').text(),
    device: host.field('rootDeviceHints', 'deviceName').text(), boots: 'agent', nameWord: 'hostname', macWord: 'interfaces with a macAddress',
  };
}
const readAgentConfig: Read = (document, report) => ({
  cluster: document.field('metadata', 'name').text()?.text ?? '',
  hosts: hostsOf(document.field('hosts'), (host) => agentHost(host, report), report),
});

/** platform.baremetal.hosts: [{ name, role, bootMACAddress, rootDeviceHints, networkConfig }] */
const readInstallConfig: Read = (document, report) => ({
  cluster: document.field('metadata', 'name').text()?.text ?? '',
  hosts: hostsOf(document.field('platform', 'baremetal', 'hosts'), (host) => {
    const mac = host.field('bootMACAddress').text();
    return {
      span: host.span, name: host.field('name').text(), mac, address: staticAddress(host.field('networkConfig'), mac, undefined),
      role: host.field('role').text(), device: host.field('rootDeviceHints', 'deviceName').text(), boots: 'rhcos', nameWord: 'name', macWord: 'bootMACAddress',
    };
  }, report),
});

/** bootstrap: {…}, masters: […], workers: […], other: […], each { name, ipaddr, macaddr, disk? }; disk, dns.clusterid */
const readHelpernode: Read = (document, report) => {
  const disk = document.field('disk').text();
  const raw = (host: YamlValue, role: string | undefined): RawHost => ({
    span: host.span, name: host.field('name').text(), mac: host.field('macaddr').text(), address: host.field('ipaddr').text(),
    role: role === undefined ? undefined : { text: role, span: host.span }, device: host.field('disk').text() ?? disk, boots: 'rhcos', nameWord: 'name', macWord: 'macaddr',
  });
  for (const [word, message] of [['ppc64le', 'machines of POWER load GRUB by another way'], ['staticips', 'addresses stay in the ignition files']] as const) {
    const flag = document.field(word);
    if (flag.isTrue) report(notTakenOver(flag.span, `${word}: ${message}, which is not taken over`, word === 'ppc64le' ? 'write a profile and a filename of your own for these machines' : 'say network-arguments in the openshift block where the installer needs an address of its own'));
  }
  const bootstrap = document.field('bootstrap');
  if (!bootstrap.isMissing && !bootstrap.isMapping) report(wrongKind(bootstrap.span, 'bootstrap', 'a mapping of names to values'));
  const groups = [['master', 'masters'], ['worker', 'workers'], [undefined, 'other']] as const;
  const hosts = [
    ...(bootstrap.isMapping ? [raw(bootstrap, 'bootstrap')] : []),
    ...groups.flatMap(([role, word]) => document.field(word).mappings().map((host) => raw(host, role))),
  ];
  return { cluster: document.field('dns', 'clusterid').text()?.text ?? '', hosts: hosts.flatMap((host) => hostFrom(host, report) ?? []) };
};

function hostsOf(list: YamlValue, rawOf: (host: YamlValue) => RawHost, report: Report): ImportedHost[] {
  if (list.isMissing) report(missing(list.span, `there is no ${list.path}`, `list the machines with their MAC addresses under ${list.path}`));
  return list.mappings().flatMap((host) => hostFrom(rawOf(host), report) ?? []);
}

/** What a document is, by what only it has. */
const formats: readonly (readonly [isIt: (document: YamlValue) => boolean, read: Read])[] = [
  [(document) => document.field('kind').text()?.text === 'AgentConfig', readAgentConfig],
  [(document) => !document.field('baseDomain').isMissing || !document.field('controlPlane').isMissing, readInstallConfig],
  [(document) => ['helper', 'masters', 'bootstrap'].some((word) => !document.field(word).isMissing), readHelpernode],
];

/** undefined for a document of another kind. */
export const readOpenshift = (document: YamlValue, report: Report): ReturnType<Read> | undefined =>
  document.isMapping ? formats.find(([isIt]) => isIt(document))?.[1](document, report) : undefined;
