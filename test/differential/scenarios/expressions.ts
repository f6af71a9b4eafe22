// The operator table of the expressions (dhcpd-conf reference §8), each operator as an option value or as a condition.

import { answeringFqdn, differing, discover, inform, lease, renew, select, text, u32, via, relayAddress, type Message, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

/** Options 214 and up, which nobody has defined, hold one value or one verdict each. */
const values = (...expressions: string[]): string => expressions.map((expression, index) => `option unknown-${214 + index} = ${expression};`).join('\n');
const verdicts = (...conditions: string[]): string =>
  conditions.map((condition, index) => `if ${condition} { option unknown-${214 + index} "yes"; } else { option unknown-${214 + index} "no"; }`).join('\n');
const numbers = (...expressions: string[]): string => values(...expressions.map((expression) => `encode-int(${expression}, 32)`));
const all = Array.from({ length: 41 }, (_, index) => (214 + index).toString(16)).join('');
const ask = (client: number, options: Record<number, string> = {}): Message => discover(client, { 55: all, 57: '05dc', ...options });
const samples: readonly Record<number, string>[] = [
  {}, { 12: text('host'), 60: text('MSFT 5.0') }, { 12: text('HOST'), 60: '00010203' }, { 60: text('') }, { 12: text('a'), 77: text('iPXE'), 93: '0007' },
];
const askAll = (from: number): Message[] => samples.map((sample, index) => ask(from + index, sample));

export const expressions: readonly Scenario[] = [
  {
    id: 'expressions: slices of data',
    config: site(
      values(
        'substring(option vendor-class-identifier, 0, 4)', 'substring(option vendor-class-identifier, 2, 100)', 'substring(option vendor-class-identifier, 100, 1)', 'substring("abc", 3, 1)', 'substring("abc", 1, 0)',
        'suffix(option vendor-class-identifier, 3)', 'suffix("abc", 10)', 'suffix("abc", 0)', 'lcase("MiXed-1\\377")', 'ucase("MiXed-1\\377")', 'concat("a", 62, "c")', 'concat("a", option nis-domain)',
        'reverse(1, hardware)', 'reverse(2, "abcdef")', 'reverse(4, "abcdef")', 'hardware', 'packet(0, 4)', 'packet(4, 0)', 'packet(236, 6)', 'packet(5000, 1)', 'filename', 'server-name',
        'pick-first-value(option nis-domain, null, option host-name, "none")', 'pick(option host-name, "x")', 'null', 'gethostbyname("localhost")', 'host-decl-name', 'leased-address', '"text"', '01:02:0a', '10',
      ),
      'host named { hardware ethernet 02:00:00:00:00:05; }',
    ),
    messages: [...askAll(1), ask(9, { 60: text('x'.repeat(200)) }), ...lease(10, { 55: all, 57: '05dc' })],
  },
  {
    id: 'expressions: numbers into text and bytes',
    config: site(
      values(
        'binary-to-ascii(10, 8, ".", leased-address)', 'binary-to-ascii(16, 8, ":", hardware)', 'binary-to-ascii(16, 8, "", hardware)', 'binary-to-ascii(2, 8, "-", 05:ff:00)', 'binary-to-ascii(8, 8, " ", 08:40)',
        'binary-to-ascii(10, 16, ",", 00:01:ff:ff)', 'binary-to-ascii(10, 32, ",", 00:00:00:01:7f:ff:ff:ff:ff:ff:ff:ff)', 'binary-to-ascii(16, 32, ",", ff:ff:ff:ff:00:00:00:0a)', 'binary-to-ascii(10, 16, ",", 01:02:03)', 'binary-to-ascii(36, 8, ",", 01:02)',
        'encode-int(258, 8)', 'encode-int(258, 16)', 'encode-int(258, 32)', 'encode-int(4294967295, 32)', 'encode-int(extract-int(option pxe-system-type, 16), 32)', 'encode-int(extract-int("ab", 16), 16)', 'encode-int(extract-int("a", 16), 16)', 'encode-int(extract-int("abcd", 32), 32)',
        'binary-to-ascii(10, 32, ".", 54:0b:e4:00:54:0b:e3:ff)', 'binary-to-ascii(10, 8, "", "")', 'binary-to-ascii(10, 8, "sep", 01)',
      ),
    ),
    messages: [...askAll(1), ...lease(10, { 55: all, 57: '05dc' })],
  },
  {
    id: 'expressions: the time of the lease',
    config: site(
      `option unknown-214 = encode-int(lease-time, 32); set left = lease-time; if defined(left) { option unknown-215 "known"; }
       on commit { set granted = lease-time; option unknown-216 = encode-int(lease-time, 16); if defined(granted) { option unknown-217 "granted"; } }`,
      'host fixed { hardware ethernet 02:00:00:00:00:05; fixed-address 192.168.50.5; }',
    ),
    messages: [
      differing(ask(1), 'lease-time', { options: ['214:00000078'] }, { options: ['214:000003e8'] }), select(1, { 55: '0fd6d8d9' }), renew(1, '$yiaddr', { 55: all }),
      ...lease(2, { 51: u32(700), 55: '0fd6d8d9' }).map((message) => (message.type === 1 ? differing(message, 'lease-time', { options: ['214:00000078'] }, { options: ['214:000002bc'] }) : message)),
      differing(discover(5, { 55: all }), 'lease-time', { options: [] }, { options: ['214:000003e8'] }), differing(select(5, { 55: all }), 'lease-time', { options: [] }, { options: ['214:000003e8', '216:03e8'] }),
      inform(6, '192.168.50.200', { 55: all }),
    ],
  },
  {
    id: 'expressions: arithmetic',
    config: site(
      numbers(
        '2 * 3 + 4', '2 + 3 * 4', '7 / 2', '7 % 4', '7 / 0', '7 % 0', '12 & 10', '12 | 3', '12 ^ 10', '4294967295 + 1', 'extract-int(option pxe-system-type, 16) + 1', 'extract-int("a", 8)', '(1 + 2) * 3', '1 + 2 & 3', '65536 * 65536', '2147483647 + 2147483647', '100 / 7 * 7', '8 | 4 & 6', '10 % 4 % 3',
      ),
    ),
    messages: askAll(1),
  },
  {
    id: 'expressions: comparisons',
    config: site(
      verdicts(
        'option host-name = "host"', 'option host-name != "host"', 'option nis-domain = option nisplus-domain', 'option nis-domain != option nisplus-domain', 'option host-name = option nis-domain', 'option host-name != option nis-domain',
        'substring(option vendor-class-identifier, 0, 4) = "MSFT"', 'option vendor-class-identifier ~= "^MSFT [0-9]"', 'option host-name ~~ "^host$"', 'option host-name ~= "^host$"', 'option host-name ~= "["', 'option nis-domain ~= "x"', '"a+b" ~= "a\\\\+b"', '"ab12" ~= "[[:alpha:]]{2}[[:digit:]]+$"',
        'extract-int(option pxe-system-type, 16) = 7', 'extract-int(option pxe-system-type, 16) != 7', '"" = null', '"" = ""', 'hardware = 1:02:00:00:00:00:01', '"ABC" ~~ "b"', '"abc" ~= ""', '"" ~= "^$"', 'option vendor-class-identifier ~= "^$"', 'substring("a", 1, 1) ~= "^$"', '"x|y" ~= "^(x|y)$"', 'option host-name ~= "h.st|HO"', '"aab" ~= "a{2}b"', '"\\\\" ~= "[\\\\]"', '"a.b" ~= "a[.]b"', '"tab\\there" ~= "[[:space:]]"',
      ),
    ),
    messages: askAll(1),
  },
  {
    id: 'expressions: and, or, not and what is NULL',
    config: site(
      verdicts(
        'exists host-name', 'not exists host-name', 'exists host-name and exists vendor-class-identifier', 'exists nis-domain and exists host-name', 'exists nis-domain or exists host-name', 'not (exists host-name and exists nis-domain)', 'not (exists host-name or exists nis-domain)', 'not (exists host-name and exists vendor-class-identifier)',
        'exists host-name or exists nis-domain and exists nisplus-domain', 'exists nis-domain and exists host-name or exists vendor-class-identifier', 'known', 'not known', 'static', 'not static', 'defined(unset-variable)', 'exists agent.circuit-id', 'option nis-domain ~= "x" or exists host-name', 'not (option nis-domain ~= "x")', '(exists host-name)', '((exists host-name) and (exists vendor-class-identifier))', 'exists user-class and option user-class = "iPXE"', 'not static and not known', 'exists fqdn.fqdn', 'exists dhcp-parameter-request-list', 'exists dhcp-max-message-size',
      ),
      'host known-one { hardware ethernet 02:00:00:00:00:03; } host fixed-one { hardware ethernet 02:00:00:00:00:04; fixed-address 192.168.50.9; }',
    ),
    messages: [...askAll(1), via(relayAddress, ask(8), '0102414202035a5a5a'), answeringFqdn(ask(9, { 81: '04000004686f737400' }), '0cffff04686f737400')],
  },
  {
    id: 'expressions: variables and functions',
    config: site(
      `set seen = concat("s-", option host-name);
       if defined(seen) { option unknown-220 "seen is defined"; }
       if seen = "s-host" { option unknown-221 "seen is s-host"; }
       option unknown-222 = seen;
       option unknown-223 = global-value;
       set number = extract-int(option pxe-system-type, 16);
       if number = 7 { option unknown-224 "number is 7"; }
       set flag = exists host-name;
       unset number;
       if defined(number) { option unknown-225 "number is defined"; }
       if double("a") = "aa" { option unknown-226 "double works"; }
       set doubled = double(option host-name);
       if doubled = "hosthost" { option unknown-227 "doubled host"; }
       set SEEN2 = "upper"; if seen2 = "upper" { option unknown-228 "names have no case"; }
       if defined(last) { option unknown-229 "a request before set it"; }
       on commit { set last = option host-name; }`,
      'define global-value = "global"; define double(word) { return concat(word, word); }',
    ),
    messages: [...askAll(1), ...lease(20, { 55: all, 57: '05dc', 12: text('host') }), renew(20, '$yiaddr', { 55: all, 57: '05dc', 12: text('host') }), discover(20, { 55: all, 57: '05dc', 12: text('host') })],
  },
  {
    id: 'expressions: what a relay and the FQDN say',
    config: site(
      values(
        'option agent.circuit-id', 'option agent.remote-id', 'option agent.link-selection', 'option relay-agent-information', 'option fqdn.fqdn', 'option fqdn.hostname', 'option fqdn.domainname', 'option fqdn.server-update', 'option fqdn.no-client-update', 'option fqdn.encoded', 'suffix(option agent.remote-id, 2)', 'binary-to-ascii(16, 8, "", option agent.circuit-id)',
        'option dhcp-client-identifier', 'option dhcp-parameter-request-list', 'option dhcp-message-type', 'option dhcp-max-message-size', 'option unknown-254', 'option user-class', 'option subnet-mask', 'option host-name',
      ),
    ),
    messages: [
      via(relayAddress, ask(1), '0102414202035a5a5a'), via(relayAddress, ask(2), '0504c0a83200010141'), via(relayAddress, ask(3), '02020102'),
      answeringFqdn(ask(4, { 81: '04000004686f73740465786d7000' }), '0cffff04686f73740465786d7000'), answeringFqdn(ask(5, { 81: `010000${text('host.example.test')}` }), `0affff${text('host.example.test')}`),
      answeringFqdn(ask(6, { 81: `000000${text('host')}` }), `08ffff${text('host')}`), answeringFqdn(ask(9, { 81: '04000004686f7374' }), '0cffff04686f7374'), answeringFqdn(ask(10, { 81: '04000004686f737400' }), '0cffff04686f737400'), ask(11, { 81: '0400' }), answeringFqdn(ask(12, { 81: '0d0000' }), '0effff'), answeringFqdn(ask(14, { 81: `0a0000${text('n.o')}` }), `08ffff${text('n.o')}`), answeringFqdn(ask(15, { 81: `030000${text('o.s')}` }), `0affff${text('o.s')}`), answeringFqdn(ask(13, { 81: `000000${text('a.b.c.')}` }), `08ffff${text('a.b.c.')}`),
      ask(7, { 61: '01aabb', 254: '0102', 77: '0461626364', 12: `${text('nul')}00` }), ask(8, { 12: '' }),
    ],
  },
];
