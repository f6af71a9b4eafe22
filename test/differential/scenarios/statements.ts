// Statements that decide: if, switch, on, log, execute, add; and in which order the scopes' statements run.

import { discover, lease, release, renew, select, text, type Message, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

const all = Array.from({ length: 34 }, (_, index) => (220 + index).toString(16)).join('');
const ask = (client: number, options: Record<number, string> = {}): Message => discover(client, { 55: `0f${all}`, ...options });
const named = (client: number, name: string): Message => ask(client, { 12: text(name) });
const names = (...list: string[]): Message[] => list.map((name, index) => named(index + 1, name));

export const statements: readonly Scenario[] = [
  {
    id: 'statements: if, elsif, else',
    config: site(
      `if option host-name = "one" { option unknown-220 "1"; if exists vendor-class-identifier { option unknown-221 "inner"; } }
       elsif option host-name = "two" { option unknown-220 "2"; } else if option host-name = "three" { option unknown-220 "3"; } else { option unknown-220 "else"; }
       if exists nis-domain { option unknown-222 "never"; }
       if option host-name = "deny" { deny booting; }
       if option host-name = "short" { max-lease-time 400; default-lease-time 400; }
       if option host-name = "file" { filename "from-if"; next-server 192.168.50.66; server-name "srv"; }
       if not exists host-name { option unknown-223 "no name"; }`,
    ),
    messages: [...names('one', 'two', 'three', 'four', 'deny', 'short', 'file'), ask(9), ask(10, { 12: text('one'), 60: text('v') }), ...lease(11, { 12: text('short') }), ...lease(12, { 12: text('file') })],
  },
  {
    id: 'statements: switch, case, break, default',
    config: site(
      `switch (option host-name) { case "one": option unknown-220 "1"; case "two": option unknown-221 "2"; break; case "three": if exists host-name { option unknown-222 "3"; break; } option unknown-223 "after"; default: option unknown-224 "default"; }
       switch (extract-int(option pxe-system-type, 16)) { case 0: option unknown-225 "bios"; break; case 7: option unknown-225 "efi"; break; }
       switch (option vendor-class-identifier) { default: option unknown-226 "first"; case "v": option unknown-227 "v"; }`,
    ),
    messages: [
      ...names('one', 'two', 'three', 'four'), ask(5), ask(6, { 93: '0000' }), ask(7, { 93: '0007' }), ask(8, { 93: '0009' }), ask(9, { 60: text('v') }), ask(10, { 60: text('a') }), ask(11, { 60: text('w') }),
    ],
  },
  {
    id: 'statements: the order of scopes',
    config: `
authoritative; ping-check off;
option unknown-220 "file"; option unknown-221 "file"; option unknown-222 "file"; option unknown-223 "file"; option unknown-224 "file"; option unknown-225 "file"; option unknown-226 "file";
class "first" { match if exists host-name; option unknown-224 "first"; option unknown-227 "first"; }
class "second" { match if exists host-name; option unknown-224 "second"; option unknown-225 "second"; option unknown-228 "second"; }
class "keyed" { match option host-name; option unknown-229 "class"; option unknown-230 "class"; }
subclass "keyed" "sub" { option unknown-230 "subclass"; }
group {
  option unknown-221 "group"; option unknown-222 "group"; option unknown-231 "group";
  shared-network lan {
    option unknown-222 "network"; option unknown-223 "network";
    subnet 192.168.50.0 netmask 255.255.255.0 { option unknown-223 "subnet"; option unknown-226 "subnet"; option unknown-232 "late"; }
    pool { range 192.168.50.100 192.168.50.109; option unknown-226 "pool"; option unknown-224 "pool"; option unknown-233 "pool"; }
  }
}
group { option unknown-225 "host-group"; option unknown-234 "host-group"; host h1 { hardware ethernet 02:00:00:00:00:07; option unknown-226 "host"; option unknown-227 "host"; } }
host h2 { hardware ethernet 02:00:00:00:00:08; fixed-address 192.168.50.8; option unknown-220 "fixed"; }
option unknown-220 "file end";
`,
    messages: [ask(1), named(2, 'x'), named(3, 'sub'), named(7, 'x'), ask(7), named(8, 'sub'), ask(8), ...lease(7, { 55: all }), ...lease(8, { 55: all, 12: text('sub') })],
  },
  {
    id: 'statements: scopes that hosts and classes carry along',
    config: `
authoritative; ping-check off;
subnet 192.168.50.0 netmask 255.255.255.0 {
  option routers 192.168.50.1; option domain-name "fifty"; default-lease-time 1000;
  range 192.168.50.100 192.168.50.109;
  host inside { hardware ethernet 02:00:00:00:00:01; option nis-domain "inside"; }
  class "inner" { match if option host-name = "inner"; option nis-domain "class-inner"; }
}
subnet 192.168.60.0 netmask 255.255.255.0 {
  option routers 192.168.60.1; option domain-name "sixty"; default-lease-time 2000; option ntp-servers 192.168.60.9;
  host leaks { hardware ethernet 02:00:00:00:00:02; }
  host leaks-fixed { hardware ethernet 02:00:00:00:00:03; fixed-address 192.168.50.30, 192.168.60.30; }
  class "leaky" { match if option host-name = "leaky"; option nis-domain "class-leaky"; }
}
group { option domain-name "group"; group { option ntp-servers 192.168.50.99; host nested { hardware ethernet 02:00:00:00:00:04; } } host outer { hardware ethernet 02:00:00:00:00:05; fixed-address 192.168.50.31; } }
`,
    messages: [...[1, 2, 3, 4, 5, 6].flatMap((client) => lease(client, { 55: '03060f28292a' })), ...['inner', 'leaky'].flatMap((name, index) => lease(10 + index, { 12: text(name), 55: '03060f28292a' }))],
  },
  {
    id: 'statements: on commit, on release, log, execute, add',
    config: site(
      `on commit { set who = pick-first-value(option host-name, "nobody"); log(info, concat("commit ", who)); option unknown-220 "from commit"; }
       on release { set left = "yes"; log(debug, "released"); }
       on expiry { log("expired"); }
       log(info, concat("saw ", binary-to-ascii(16, 8, ":", suffix(hardware, 1))));
       if defined(who) { option unknown-221 "seen before"; option unknown-223 = concat("x", option host-name); }
       if who = "again" { option unknown-222 "again"; }
       eval concat("a", "b");`,
    ),
    messages: [
      ...lease(1, { 12: text('first'), 55: all }), renew(1, '$yiaddr', { 12: text('again'), 55: all }), renew(1, '$yiaddr', { 12: text('again'), 55: all }), discover(1, { 12: text('again'), 55: all }),
      release(1), discover(1, { 55: all }), select(1, { 55: all }), ...lease(2, { 55: all }),
    ],
  },
];
