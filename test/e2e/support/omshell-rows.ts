// What people and tools type into omshell, after `connect` (OMAPI reference §6.2, its numbers). In order: later rows meet what earlier
// ones made.

export interface OmshellRow {
  readonly id: string;
  readonly script: readonly string[];
  /** Where we answer otherwise on purpose: the reason, and what must stand in our answer. */
  readonly ours?: { readonly why: string; readonly says: RegExp };
}

const fm = (name: string, mac: string): readonly string[] => [
  'new host', `set name = "${name}"`, 'set ip-address = 192.168.50.61', `set hardware-address = ${mac}`, 'set hardware-type = 1',
  `set statements = "filename = \\"pxelinux.0\\"; next-server = c0:a8:32:01; option host-name = \\"${name}\\";"`, 'create',
];
const xcat =
  'ddns-hostname \\"node1\\"; send host-name \\"node1\\";if option user-class = \\"xNBA\\" and option architecture = 00:00 { always-broadcast on; filename = \\"http://${next-server}/tftpboot/xcat/xnba/nodes/node1\\"; } else if option architecture = 00:07 or option architecture = 00:09 { filename = \\"\\"; option vendor-class-identifier \\"PXEClient\\"; } else if option architecture = 00:00 { filename = \\"xcat/xnba.kpxe\\"; } else { filename = \\"\\"; }next-server 192.168.50.1;';

const unusable = { why: 'dhcpd shows an object that nobody asked for and nobody can use', says: /can't open object: invalid argument/ };

export const omshellRows: readonly OmshellRow[] = [
  { id: 'T1 Foreman adds a host', script: fm('fm1.example', '02:cc:00:00:00:01') },
  { id: 'T2 the same again', script: fm('fm1.example', '02:cc:00:00:00:01') },
  { id: 'T3 the same machine under another name', script: fm('fm2.example', '02:cc:00:00:00:01') },
  { id: 'T4 the same name for another machine', script: fm('fm1.example', '02:cc:00:00:00:02') },
  { id: 'Foreman finds it by its MAC', script: ['new host', 'set hardware-address = 02:cc:00:00:00:01', 'open'] },
  { id: 'T5 Foreman deletes it', script: ['new host', 'set hardware-address = 02:cc:00:00:00:01', 'open', 'remove'] },
  { id: 'T6 and again', script: ['new host', 'set hardware-address = 02:cc:00:00:00:01', 'open', 'remove'] },
  { id: 'a MAC of twenty bytes', script: ['new host', 'set name = "ib1"', 'set hardware-address = 80:00:02:08:fe:80:00:00:00:00:00:00:02:02:03:00:04:05:06:07', 'set hardware-type = 1', 'create'] },
  { id: 'T7 a lease by its address, refreshed', script: ['new lease', 'set ip-address = 192.168.50.120', 'open', 'refresh'] },
  { id: 'a lease by its MAC', script: ['new lease', 'set hardware-address = 02:00:5e:10:00:01', 'set hardware-type = 1', 'open'] },
  { id: 'a lease that nobody has', script: ['new lease', 'set hardware-address = 02:00:5e:10:00:99', 'open'] },
  { id: 'a lease by two keys that do not agree', script: ['new lease', 'set ip-address = 192.168.50.121', 'set hardware-address = 02:00:5e:10:00:01', 'open'] },
  { id: 'an address that was never given', script: ['new lease', 'set ip-address = 192.168.50.140', 'open'] },
  { id: 'T9 an address outside every range', script: ['new lease', 'set ip-address = 192.168.50.9', 'open'] },
  { id: 'a lease cannot be made', script: ['new lease', 'set ip-address = 192.168.50.77', 'create'] },
  { id: 'a lease is not found by its state', script: ['new lease', 'set state = 2', 'open'] },
  { id: 'T10 pools cannot be searched', script: ['new pool', 'open'] },
  { id: 'subnets neither', script: ['new subnet', 'open'] },
  { id: 'shared networks neither', script: ['new shared-network', 'open'] },
  { id: 'T11 a host without a key', script: ['new host', 'open'] },
  { id: 'a host of dhcpd.conf', script: ['new host', 'set name = "st"', 'open'] },
  { id: 'a host of a group of dhcpd.conf, by MAC', script: ['new host', 'set hardware-address = 02:aa:aa:00:00:01', 'open'] },
  { id: 'fixed addresses are no keys', script: ['new host', 'set ip-address = 192.168.50.10', 'open'] },
  { id: 'two keys that name two hosts', script: ['new host', 'set hardware-address = 02:aa:aa:00:00:01', 'set name = "st"', 'open'] },
  { id: 'T13 MAAS makes a host', script: ['new host', 'set ip-address = 192.168.50.71', 'set hardware-address = 02:a1:00:00:00:01', 'set hardware-type = 1', 'set name = "02-a1-00-00-00-01"', 'create'] },
  {
    id: 'T14 MAAS changes it',
    script: ['new host', 'set name = "02-a1-00-00-00-01"', 'open', 'set ip-address = 192.168.50.72', 'set hardware-address = 02:a1:00:00:00:01', 'set hardware-type = 1', 'update'],
    ours: { why: 'the same value again changes nothing; dhcpd refuses it, and forgets the new address at the next start', says: /^ip-address = c0:a8:32:48$/m },
  },
  { id: 'T15 MAAS deletes it', script: ['new host', 'set name = "02-a1-00-00-00-01"', 'open', 'remove'] },
  { id: 'T17 xCAT looks for leftovers', script: ['new host', 'set name = "node1"', 'open', 'remove', 'close', 'new host', 'set ip-address = 192.168.50.91', 'open', 'remove', 'close'] },
  { id: 'T17 xCAT makes a node', script: ['new host', 'set name = "node1"', 'set hardware-address = 02:bb:00:00:00:01', 'set hardware-type = 1', 'set ip-address = 192.168.50.91', `set statements = "${xcat}"`, 'create', 'close'] },
  { id: 'T18 xCAT asks', script: ['new host', 'set name = "node1"', 'open', 'close'] },
  { id: 'HFI hardware', script: ['new host', 'set name = "hfi"', 'set hardware-address = 02:bb:00:00:00:02', 'set hardware-type = 37', 'create'] },
  { id: 'a host by client identifier', script: ['new host', 'set name = "cid"', 'set dhcp-client-identifier = "newcid"', 'set ip-address = 192.168.50.92', 'create', 'close', 'new host', 'set dhcp-client-identifier = "newcid"', 'open'] },
  { id: 'neither MAC nor client identifier', script: ['new host', 'set name = "nobody"', 'create'] },
  { id: 'T20 an address is taken away', script: ['new host', 'set name = "u1"', 'set hardware-address = 02:bb:00:00:00:03', 'set hardware-type = 1', 'set ip-address = 192.168.50.93', 'create', 'unset ip-address', 'update', 'refresh', 'set name = "u2"', 'update'] },
  { id: 'an attribute that hosts do not have', script: ['new host', 'set name = "x1"', 'set hardware-address = 02:bb:00:00:00:04', 'set colour = "red"', 'create'] },
  { id: 'a group that is not there', script: ['new host', 'set name = "x2"', 'set hardware-address = 02:bb:00:00:00:05', 'set group = "nosuch"', 'create'] },
  { id: 'a group is made, and a host in it', script: ['new group', 'set name = "made"', 'set statements = "option domain-name \\"made.example\\";"', 'create', 'close', 'new host', 'set name = "inmade"', 'set hardware-address = 02:bb:00:00:00:06', 'set hardware-type = 1', 'set group = "made"', 'create'] },
  { id: 'the group once more', script: ['new group', 'set name = "made"', 'set statements = "option domain-name \\"other.example\\";"', 'create'] },
  { id: 'a group of dhcpd.conf', script: ['new group', 'set name = "gstatic"', 'open'] },
  { id: 'a group goes', script: ['new group', 'set name = "made"', 'open', 'remove'] },
  { id: 'an option that does not exist', script: ['new host', 'set name = "x3"', 'set hardware-address = 02:bb:00:00:00:07', 'set statements = "option nosuch-option 1;"', 'create'] },
  {
    id: 'statements that would run a program',
    script: ['new host', 'set name = "x4"', 'set hardware-address = 02:bb:00:00:00:08', 'set statements = "on commit { execute(\\"/bin/true\\"); }"', 'create'],
    ours: { why: 'whoever has the key could run programs as the server', says: /can't open object: parse error/ },
  },
  {
    id: 'statements that end the host and begin another',
    script: ['new host', 'set name = "x5"', 'set hardware-address = 02:bb:00:00:00:09', 'set statements = "filename \\"a\\"; } host evil { hardware ethernet 0:0:0:0:0:1;"', 'create'],
    ours: { why: 'dhcpd drops the rest without a word', says: /can't open object: parse error/ },
  },
  {
    id: 'a name that would break the lease file',
    script: ['new host', 'set name = "a {} b"', 'set hardware-address = 02:bb:00:00:00:0a', 'set hardware-type = 1', 'create'],
    ours: { why: 'dhcpd writes it unquoted, and cannot read its lease file any more', says: /can't open object: invalid argument/ },
  },
  { id: 'the class of dhcpd.conf', script: ['new class', 'set name = "ether"', 'open'] },
  { id: 'its subclass', script: ['new subclass', 'set name = "ether"', 'set hashstring = 01:02:00:00:00:00:77', 'open'] },
  { id: 'a relationship without a name', script: ['new failover-state', 'open'] },
  { id: 'a group without a name', script: ['new group', 'open'] },
  { id: 'a class without a name', script: ['new class', 'open'], ours: unusable },
  { id: 'a subclass without its bytes', script: ['new subclass', 'set name = "ether"', 'open'], ours: unusable },
  { id: 'an interface without a name', script: ['new interface', 'open'], ours: unusable },
  { id: 'a client identifier that is there, with another MAC', script: ['new host', 'set name = "cid2"', 'set dhcp-client-identifier = "newcid"', 'set hardware-address = 02:bb:00:00:00:0b', 'create'] },
  { id: 'a client identifier that is new, with a MAC that is there', script: ['new host', 'set name = "cid3"', 'set dhcp-client-identifier = "cid3"', 'set hardware-address = 02:aa:aa:00:00:01', 'set hardware-type = 1', 'create'] },
  { id: 'a fixed address twice', script: ['new host', 'set name = "twice"', 'set hardware-address = 02:bb:00:00:00:0c', 'set hardware-type = 1', 'set ip-address = 192.168.50.91', 'create'] },
  { id: 'several addresses', script: ['new host', 'set name = "several"', 'set hardware-address = 02:bb:00:00:00:0d', 'set hardware-type = 1', 'set ip-address = c0:a8:32:5e:c0:a8:32:5f', 'create'] },
  { id: 'a host without a name', script: ['new host', 'set hardware-address = 02:bb:00:00:00:0e', 'set hardware-type = 1', 'create', 'remove'] },
  { id: 'a class is made, with a group', script: ['new group', 'set name = "forclass"', 'set statements = "option domain-name \\"class.example\\";"', 'create', 'close', 'new class', 'set name = "dyn1"', 'set match = "hardware"', 'set group = "forclass"', 'create', 'refresh'] },
  { id: 'a subclass of it', script: ['new subclass', 'set name = "dyn1"', 'set hashstring = 01:02:aa:bb:cc:dd:02', 'set group = "forclass"', 'create', 'close', 'new subclass', 'set name = "dyn1"', 'set hashstring = 01:02:aa:bb:cc:dd:02', 'open'] },
  { id: 'classes match hardware only', script: ['new class', 'set name = "dyn2"', 'set match = "option user-class"', 'create'] },
  { id: 'the class again', script: ['new class', 'set name = "dyn1"', 'set match = "hardware"', 'create'] },
  { id: 'a subclass of a class of dhcpd.conf, made and deleted', script: ['new subclass', 'set name = "ether"', 'set hashstring = "abc"', 'create', 'remove'] },
  { id: 'a class that matches nothing', script: ['new class', 'set name = "dyn3"', 'create'] },
  { id: 'a subclass of no class', script: ['new subclass', 'set name = "nosuch"', 'set hashstring = "abc"', 'create'] },
  { id: 'a class goes', script: ['new class', 'set name = "dyn1"', 'open', 'remove', 'new class', 'set name = "dyn1"', 'open'] },
  { id: 'no such class', script: ['new class', 'set name = "nosuch"', 'open'] },
  { id: 'an interface', script: ['new interface', 'set name = "eth0"', 'open'] },
  { id: 'no such interface', script: ['new interface', 'set name = "eth9"', 'open'] },
  { id: 'no such relationship', script: ['new failover-state', 'set name = "fo"', 'open'] },
  { id: 'the control object', script: ['new control', 'open'] },
  { id: 'the control object takes one state only', script: ['new control', 'open', 'set state = 1', 'update'] },
  { id: 'the address of a lease cannot be changed', script: ['new lease', 'set ip-address = 192.168.50.120', 'open', 'set starts = 1', 'update'] },
  { id: 'a state that does not exist', script: ['new lease', 'set ip-address = 192.168.50.120', 'open', 'set state = 9', 'update'] },
  { id: 'T16 MAAS ends a lease', script: ['new lease', 'set ip-address = 192.168.50.120', 'open', 'set ends = 00:00:00:00', 'update'] },
  { id: 'nothing to update', script: ['new host', 'set name = "st"', 'open', 'update'] },
  { id: 'a host of dhcpd.conf gets another address', script: ['new host', 'set name = "st"', 'open', 'set ip-address = 192.168.50.11', 'update', 'refresh'] },
  { id: 'and goes', script: ['new host', 'set name = "st"', 'open', 'remove', 'new host', 'set name = "st"', 'open'] },
  { id: 'and comes back by its name', script: ['new host', 'set name = "st"', 'set hardware-address = 02:aa:aa:00:00:02', 'set hardware-type = 1', 'create'] },
  { id: 'no such type', script: ['new sub-class', 'set name = "ether"', 'open'] },
];
