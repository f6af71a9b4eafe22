// The block `boot { … }` of leasehold.conf: rows of its settings, read into BootSettings. The rows are also the text of docs/boot.md.

import type { BootSettings } from '../model/boot-settings.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { firmwareRows, firmwares, type Firmware } from '../model/firmware.ts';
import type { Span } from '../model/span.ts';
import { anyAddress, ipv4FromBytes } from '../std/ipv4.ts';
import { fromLatin1 } from '../std/bytes.ts';
import type * as ast from '../lang/ast.ts';
import { error } from '../lang/diagnostics/make.ts';
import { profileTwice, readProfile } from './boot-profiles.ts';
import { readOpenshift, type OpenshiftBlock } from './openshift-settings.ts';
import { numberOf, settingOf, withCodes, type NamedRow } from './setting-rows.ts';

type Draft = { -readonly [K in keyof BootSettings]: BootSettings[K] };

export const bootDefaults: BootSettings = {
  root: '/var/lib/tftpboot', user: 'nobody', address: anyAddress, tftpPort: 69, httpPort: 8080, nextServerIsSelf: false,
  loaders: {}, profiles: [],
};

/** Words of the blocks of leasehold.conf. */
export const ownBlocks: ReadonlySet<string> = new Set(['boot', 'profile', 'openshift', 'relationship', 'fence', 'witness']);

/** In front of it in a field of 127 bytes: `http://255.255.255.255:65535/`. */
const loaderSizeMax = 98;

const loaderRow = (firmware: Firmware): NamedRow<Draft> => ({
  name: `${firmware}-loader`,
  format: 't',
  unit: 'file name in quotes',
  byDefault: `"${firmwareRows[firmware].loader}"`,
  example: `${firmware}-loader "${firmwareRows[firmware].loader}";`,
  help: `What ${firmwareRows[firmware].title} loads first, below the root, when it has a profile and dhcpd.conf gives it no \`filename\`.`,
  apply: (settings, bytes) => {
    settings.loaders = { ...settings.loaders, [firmware]: fromLatin1(bytes).replace(/^\/+/, '') };
  },
  problem: (bytes) => (bytes.length > 0 && bytes.length <= loaderSizeMax ? undefined : `the name of a loader has 1 to ${loaderSizeMax} bytes`),
});

const rows: readonly NamedRow<Draft>[] = [
  {
    name: 'root',
    format: 't',
    unit: 'absolute path in quotes',
    byDefault: '"/var/lib/tftpboot"',
    example: 'root "/srv/tftp";',
    help: 'Folder of the files. Nothing outside of it is served, whatever a name or a symbolic link says.',
    apply: (settings, bytes) => {
      settings.root = fromLatin1(bytes).replace(/(?<=.)\/+$/, '');
    },
    problem: (bytes) => (bytes[0] === 47 ? undefined : 'the root must be an absolute path'),
  },
  {
    name: 'user',
    format: 't',
    unit: 'user name in quotes',
    byDefault: '"nobody"',
    example: 'user "tftp";',
    help: 'Who reads the files when the server was started by root. A server that already runs as a plain user serves them as that one. Either way the file server has no capability.',
    apply: (settings, bytes) => {
      settings.user = fromLatin1(bytes);
    },
  },
  {
    name: 'listen',
    format: 'I',
    unit: 'address',
    byDefault: 'every address',
    example: 'listen 10.1.0.2;',
    help: 'Serves files on this address alone.',
    apply: (settings, bytes) => {
      settings.address = ipv4FromBytes(bytes);
    },
  },
  {
    name: 'tftp-port',
    format: 'S',
    unit: 'UDP port',
    byDefault: '69',
    example: 'tftp-port 0;',
    help: '0: no TFTP. Boot ROMs know no other port than 69.',
    apply: (settings, bytes) => {
      settings.tftpPort = numberOf(bytes);
    },
  },
  {
    name: 'http-port',
    format: 'S',
    unit: 'TCP port',
    byDefault: '8080',
    example: 'http-port 80;',
    help: 'The same files over HTTP, for UEFI HTTP boot, iPXE and images that are too large for TFTP. 0: no HTTP.',
    apply: (settings, bytes) => {
      settings.httpPort = numberOf(bytes);
    },
  },
  {
    name: 'next-server',
    format: 'Nboot-servers.',
    unit: '`self`',
    byDefault: 'what dhcpd.conf says',
    example: 'next-server self;',
    help: 'The node that answers a client is its boot server: siaddr is the address of its server identifier, and so are `server-name` and option 66 where dhcpd.conf sets them. Overrides every `next-server` of dhcpd.conf. An address belongs into dhcpd.conf.',
    apply: (settings) => {
      settings.nextServerIsSelf = true;
    },
  },
  ...firmwares.map(loaderRow),
];

/** Codes of options of space `server` that nobody else has; see leasehold-settings.ts. */
const codeBase = 10_100;
export const bootSettingRows = withCodes(rows, codeBase);

/** C1411: something that has no place in a boot block. */
const notABootSetting = (item: ast.Item): Diagnostic =>
  error('C1411', item.span, 'this is no setting of boot', { help: 'docs/boot.md lists what may stand in boot { … }' });

/** C1412 */
const badBootSetting = (item: ast.Item, problem: string): Diagnostic => error('C1412', item.span, problem);

export function readBoot(block: ast.OwnBlock): { settings: BootSettings; diagnostics: Diagnostic[] } {
  const settings: Draft = { ...bootDefaults };
  const diagnostics: Diagnostic[] = [];
  /** In file order; what OpenShift's come to depends on settings that may stand behind them. */
  const made: { readonly place: Span; readonly profiles: OpenshiftBlock['profiles'] }[] = [];
  const read = (item: ast.Item): void => {
    if (item.kind === 'include') item.body.forEach(read);
    else if (item.kind === 'own-block' && item.word === 'profile' && item.name !== undefined) {
      const { profile, diagnostics: found } = readProfile(item);
      made.push({ place: item.name.span, profiles: () => ({ profiles: [profile], diagnostics: [] }) });
      diagnostics.push(...found);
    } else if (item.kind === 'own-block' && item.word === 'openshift' && item.name !== undefined) {
      const openshift = readOpenshift(item);
      made.push({ place: item.name.span, profiles: openshift.profiles });
      diagnostics.push(...openshift.diagnostics);
    } else if (item.kind !== 'skipped' && item.kind !== 'not-served') {
      const setting = settingOf(item, bootSettingRows);
      if (setting === undefined) diagnostics.push(notABootSetting(item));
      else {
        const problem = setting.row.problem?.(setting.bytes);
        if (problem === undefined) setting.row.apply(settings, setting.bytes, item.span);
        else diagnostics.push(badBootSetting(item, problem));
      }
    }
  };
  block.body.forEach(read);
  for (const { place, profiles } of made) {
    const { profiles: more, diagnostics: found } = profiles(settings.httpPort);
    const names = new Set(more.map(({ name }) => name));
    const twin = settings.profiles.find(({ name }) => names.has(name));
    if (twin !== undefined) diagnostics.push(profileTwice(place, twin.span));
    settings.profiles = [...settings.profiles, ...more];
    diagnostics.push(...found);
  }
  return { settings, diagnostics };
}
