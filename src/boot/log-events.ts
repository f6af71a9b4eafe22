// Facts about network boot: what each machine was given, and how the process that gives it fares.

import { colonsOf } from '../model/boot-choice.ts';
import { logEvent } from '../model/log-event.ts';

interface FileFields {
  readonly found: string;
  readonly profile: string;
  readonly protocol: string;
  readonly client: string;
  readonly name: string;
  readonly bytes: number;
  readonly size: number;
  readonly repeats: number;
  readonly millis: number;
  readonly detail: string;
}

export const fileSent = logEvent<FileFields>({
  id: 'BOOT_FILE_SENT',
  level: 'info',
  text: ({ protocol, client, name, found, profile, bytes, millis, repeats }) =>
    `boot: sent ${name} to ${client} by ${protocol}: ${bytes} bytes in ${millis} ms${repeats === 0 ? '' : `, ${repeats} repeats`}${found === '' ? '' : found.startsWith('/') ? `; from ${found}` : `; the file is spelled ${found}`}${profile === '' ? '' : `; made from profile ${profile}`}`,
  help: 'A boot file arrived whole. Many repeats mean that packets are lost on the way. A spelling is told when letters or separators of the MAC address in its name are not those that loaders ask for: other boot servers would not find it. A file may be made from a boot profile, or come from a package of loaders, where the root has none of its name.',
});
export const fileStopped = logEvent<FileFields>({
  id: 'BOOT_FILE_STOPPED',
  level: 'info',
  text: ({ protocol, client, name, bytes, size, detail }) => `boot: ${client} stopped ${name} by ${protocol} after ${bytes} of ${size} bytes: ${detail}`,
  help: 'The client ended a transfer itself. UEFI firmware does so once for every file, because it first asks only for the size.',
});
export const fileSilent = logEvent<FileFields>({
  id: 'BOOT_FILE_SILENT',
  level: 'info',
  text: ({ protocol, client, name, bytes, size, repeats }) =>
    `boot: ${client} no longer answers for ${name} by ${protocol} after ${bytes} of ${size} bytes and ${repeats} repeats`,
  help: 'The client was switched off, or packets are lost in one direction: a firewall between them must let UDP pass from any port of this machine.',
});
export const fileMissing = logEvent<FileFields>({
  id: 'BOOT_FILE_MISSING',
  level: 'info',
  text: ({ protocol, client, name, detail }) => `boot: ${client} asked for ${name} by ${protocol}: ${detail === 'kind' ? 'not a regular file' : 'not there'}`,
  help: 'Loaders try a dozen names of configuration files before they find one, so a row of these is normal. It is not when the machine stops behind it.',
});
export const fileRefused = logEvent<FileFields>({
  id: 'BOOT_FILE_REFUSED',
  level: 'error',
  text: ({ protocol, client, name, detail }) => `boot: ${client} may not have ${name} by ${protocol}: ${refusals[detail] ?? detail}`,
  help: "A request that is never served: a write, a path or a symbolic link that leads out of the root, or a file that the file server's user may not read.",
});
const refusals: Readonly<Record<string, string>> = {
  escape: 'the name leads out of the root',
  outside: 'a symbolic link leads out of the root',
  unreadable: "the file server's user may not read it (chmod o+r)",
};
export const fileFailed = logEvent<FileFields>({
  id: 'BOOT_FILE_FAILED',
  level: 'error',
  text: ({ protocol, client, name, detail }) => `boot: ${name} could not be sent to ${client} by ${protocol}: ${detail}`,
  help: 'Reading the file failed, it became shorter while it was sent, no way leads to the client, or no descriptor was free.',
});

export const machineCannotBoot = logEvent<{ mac: string; host: string; problem: string }>({
  id: 'BOOT_MACHINE_CANNOT',
  level: 'error',
  text: ({ mac, host, problem }) => `boot: ${colonsOf(mac)}${host === '' ? '' : ` (${host})`} ${problem}`,
  help: 'What the answer to a machine that boots from the network says will not boot it: it has a profile and there is no loader for its firmware, or the file that `dhcpd.conf` names is for another kind of firmware.',
});

export const bootFilesFetched = logEvent<{ mac: string }>({
  id: 'BOOT_FILES_FETCHED',
  level: 'info',
  text: ({ mac }) => `boot: ${mac} has fetched what it was to boot once: it is told to boot from its disk from now on`,
  help: 'Its configuration, kernel and initrds arrived whole. `leasehold boot set MAC install` lets it boot its profile once more.',
});

export const fileServerSays = logEvent<{ line: string }>({
  id: 'BOOT_SERVER_SAYS',
  level: 'info',
  text: ({ line }) => `boot: ${line}`,
  help: 'The process that serves boot files tells where it serves them.',
});
export const fileServerComplains = logEvent<{ line: string }>({
  id: 'BOOT_SERVER_COMPLAINS',
  level: 'error',
  text: ({ line }) => `boot: ${line}`,
  help: 'The process that serves boot files cannot do part of its work; the text says what. DHCP is served all the same.',
});
export const fileServerEnded = logEvent<{ detail: string; seconds: number }>({
  id: 'BOOT_SERVER_ENDED',
  level: 'error',
  text: ({ detail, seconds }) => `boot: the file server ended (${detail}), starting it again in ${seconds} s`,
  help: 'The process that serves boot files ended by itself. DHCP is served all the same; machines in the middle of a file ask again.',
});
export const reportsLost = logEvent<{ count: number }>({
  id: 'BOOT_REPORTS_LOST',
  level: 'info',
  text: ({ count }) => `boot: ${count} more requests for files, too many to be logged one by one`,
  help: 'Only so many requests a second are logged; the rest is counted.',
});
export const requestFlood = logEvent<{ isYielding: boolean }>({
  id: 'BOOT_FLOOD',
  level: 'error',
  text: ({ isYielding }) => `boot: a flood of requests for files: what is too much goes unanswered${isYielding ? ', and files come after everything else' : ''}`,
  help: 'An address, or all together, ask for more files a second, or have more transfers open, than machines that boot do (docs/boot.md). While it lasts the file server runs only when nothing else wants the processor, so that DHCP answers as before (if this server may give it the processor back: it has CAP_SYS_NICE, or its unit `LimitNICE=+5`); boot ROMs whose request goes unanswered ask again. The lines before tell who asks for what.',
});
export const requestFloodOver = logEvent({
  id: 'BOOT_FLOOD_OVER',
  level: 'info',
  text: () => 'boot: the flood of requests for files is over',
  help: 'For two seconds nobody asked for more than there is room for: files are served as before.',
});
