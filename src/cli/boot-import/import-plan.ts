// Imported hosts held against each other and against the configuration: what is taken, and what cannot be.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { HostDeclaration } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import { error } from '../../lang/diagnostics/make.ts';
import { toHex } from '../../std/bytes.ts';
import { notTakenOver, type Imported, type ImportedHost } from './imported.ts';

export interface MergedHosts {
  /** Of the first file that names one. */
  readonly cluster: string;
  readonly hosts: readonly ImportedHost[];
  readonly diagnostics: readonly Diagnostic[];
}

/** B3007 */
const twice = (host: ImportedHost, what: string, first: Span): Diagnostic =>
  error('B3007', host.span, `${what} is there already`, { notes: [{ span: first, message: 'here' }], help: 'remove one of the two, or correct it' });
/** B3010 */
const declaredOtherwise = (host: ImportedHost, what: string, declared: HostDeclaration): Diagnostic =>
  error('B3010', host.span, `${what} in the configuration already`, {
    ...(declared.span.file.name === '' ? {} : { notes: [{ span: declared.span, message: 'declared here' }] }),
    help: 'remove that declaration, or correct the file that is imported',
  });

/** Files of one cluster complete each other: the same machine of two files is one, with what either of them says. */
export function mergeHosts(files: readonly Imported[]): MergedHosts {
  const diagnostics = files.flatMap((file) => [...file.diagnostics]);
  const hosts = new Map<string, ImportedHost>();
  const [byMac, byAddress] = [new Map<string, ImportedHost>(), new Map<string, ImportedHost>()];
  for (const host of files.flatMap((file) => [...file.hosts])) {
    const twin = hosts.get(host.name);
    if (twin !== undefined && twin.span.file !== host.span.file && twin.mac === host.mac && !(twin.address !== '' && host.address !== '' && twin.address !== host.address)) {
      hosts.set(host.name, { ...twin, address: twin.address || host.address, role: twin.role ?? host.role, device: twin.device || host.device });
      continue;
    }
    const problems = [
      ...(twin === undefined ? [] : [twice(host, `a host ${host.name}`, twin.span)]),
      ...clash(host, host.mac, byMac, `the MAC address of ${host.name}, ${host.mac},`),
      ...clash(host, host.address, byAddress, `the address of ${host.name}, ${host.address},`),
    ];
    diagnostics.push(...problems);
    if (problems.length > 0) continue;
    hosts.set(host.name, host);
    byMac.set(host.mac, host);
    if (host.address !== '') byAddress.set(host.address, host);
  }
  return { cluster: files.find(({ cluster }) => cluster !== '')?.cluster ?? '', hosts: [...hosts.values()], diagnostics };
}
const clash = (host: ImportedHost, key: string, known: ReadonlyMap<string, ImportedHost>, what: string): Diagnostic[] => {
  const other = key === '' ? undefined : known.get(key);
  return other === undefined ? [] : [twice(host, what, other.span)];
};

/** Hosts to declare: those that the configuration declares as they are stay where they are. `declared`: without those that an import wrote. */
export function againstDeclared(hosts: readonly ImportedHost[], declared: readonly HostDeclaration[]): Pick<MergedHosts, 'hosts' | 'diagnostics'> {
  const byName = new Map(declared.map((host) => [host.name, host]));
  const byMac = new Map(declared.flatMap((host) => (host.hardware === undefined ? [] : [[toHex(host.hardware.address, ':'), host] as const])));
  const diagnostics: Diagnostic[] = [];
  const left = hosts.filter((host) => {
    const [named, holder] = [byName.get(host.name), byMac.get(host.mac)];
    if (named === undefined && holder === undefined) return true;
    if (named !== undefined && named === holder)
      diagnostics.push(notTakenOver(host.span, `${host.name} is declared with this MAC address in ${named.span.file.name} already: it stays there`, 'remove it there if this file is to be the one that declares it'));
    else if (named !== undefined) diagnostics.push(declaredOtherwise(host, `a host ${host.name} is`, named));
    else if (holder !== undefined) diagnostics.push(declaredOtherwise(host, `${host.mac} is host ${holder.name}`, holder));
    return false;
  });
  return { hosts: left, diagnostics };
}
