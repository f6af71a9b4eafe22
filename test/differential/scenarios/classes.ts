// Who is in which class, and what classes do: options, permits, limits.

import { discover, lease, release, renew, select, text, via, viaEach, wrongNetwork, relayAddress, type Message, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

const seen = '0f28404207';
const ask = (client: number, options: Record<number, string> = {}): Message => discover(client, { 55: seen, ...options });

export const classes: readonly Scenario[] = [
  {
    id: 'classes: match if, match, subclass, both',
    config: site(
      '',
      `class "if" { match if substring(option vendor-class-identifier, 0, 3) = "PXE"; option domain-name "if"; filename "pxe"; }
       class "key" { match option user-class; option nis-domain "key"; }
       subclass "key" "alpha" { option nisplus-domain "alpha"; }
       subclass "key" 62:65:74:61 { option nisplus-domain "beta"; }
       subclass "key" "plain";
       class "hw" { match hardware; option tftp-server-name "hw"; }
       subclass "hw" 1:02:00:00:00:00:05 { option nisplus-domain "five"; }
       class "both" { match if exists host-name; match option host-name; option log-servers 10.0.0.7; }
       subclass "both" "yes";
       class "part" { match substring(hardware, 1, 3); } subclass "part" 02:00:00 { option domain-name "part"; }
       class "uncased" { match lcase(option root-path); } subclass "uncased" "abc" { option domain-name "uncased"; }`,
    ),
    messages: [
      ask(1), ask(2, { 60: text('PXEClient') }), ask(3, { 77: text('alpha') }), ask(4, { 77: text('beta') }), ask(5), ask(6, { 77: text('plain') }), ask(7, { 77: text('other') }), ask(8, { 12: text('yes') }), ask(9, { 12: text('no') }),
      ask(10, { 17: text('ABC') }), ...lease(11, { 60: text('PXEClient'), 77: text('alpha'), 55: seen }), ask(12, { 77: text('Alpha') }), ask(13, { 77: text('alphax') }),
    ],
  },
  {
    id: 'classes: more than five match',
    config: site('', Array.from({ length: 7 }, (_, index) => `class "c${index}" { match if exists host-name; option unknown-${200 + index} "c${index}"; option domain-name "c${index}"; }`).join('\n')),
    messages: [discover(1, { 12: text('x'), 55: '0fc8c9cacbcccdcecf' }), discover(2, { 55: '0fc8c9cacbcccdcecf' })],
  },
  {
    id: 'classes: lease limits',
    config: site(
      'range 192.168.50.100 192.168.50.109;',
      `class "one" { match if option host-name = "one"; lease limit 1; }
       class "two" { match option user-class; } subclass "two" "u" { lease limit 2; option domain-name "u"; } subclass "two" "v";
       class "shared" { match option vendor-class-identifier; lease limit 1; } subclass "shared" "s"; subclass "shared" "t";
       class "zero" { match if option host-name = "zero"; lease limit 0; }`,
    ),
    messages: [
      ...lease(1, { 12: text('one') }), discover(2, { 12: text('one') }), renew(1, '$yiaddr', { 12: text('one') }), release(1), ...lease(2, { 12: text('one') }), discover(1, { 12: text('one') }),
      ...lease(3, { 77: text('u') }), ...lease(4, { 77: text('u') }), discover(5, { 77: text('u') }), wrongNetwork(select(5, { 77: text('u') })), ...lease(6, { 77: text('v') }), ...lease(7, { 60: text('s') }), ...lease(8, { 60: text('t') }), discover(9, { 12: text('zero') }),
    ],
  },
  {
    id: 'classes: spawned for each port, with a limit',
    config: site('', 'class "port" { spawn with option agent.circuit-id; lease limit 1; option domain-name "port"; } class "remote" { spawn with option agent.remote-id; lease limit 2; }'),
    messages: [
      ...viaEach(relayAddress, lease(1), '010141'), via(relayAddress, discover(2), '010141'), ...viaEach(relayAddress, lease(2), '010142'), via(relayAddress, renew(1, '192.168.50.100'), '010141'),
      renew(1, '192.168.50.100'), via(relayAddress, release(1, '192.168.50.100'), '010141'), via(relayAddress, discover(3), '010141'), ...viaEach(relayAddress, lease(4), '020141'), ...viaEach(relayAddress, lease(5), '020141'), via(relayAddress, discover(6), '020141'), discover(7, { 55: '0f' }),
    ],
  },
  {
    id: 'classes: old words, parameters of classes, and members of a class alone',
    config: site(
      'pool { range 192.168.50.100 192.168.50.104; allow members of "phones"; default-lease-time 500; } pool { range 192.168.50.110 192.168.50.114; deny members of "phones"; } pool { range 192.168.50.120; allow members of "nobody"; }',
      `class "phones" { match if substring(option vendor-class-identifier, 0, 5) = "phone"; max-lease-time 700; min-lease-time 600; next-server 192.168.50.90; server-name "phones"; option dhcp-parameter-request-list 66, 1, 15; option tftp-server-name "t"; }
       class "nobody" { match if option host-name = "nobody"; always-broadcast on; }
       class "vendor" { match option vendor-class-identifier; } vendor-class "vendor" { option domain-name "vc"; } subclass "vendor" "x" { option domain-name "x"; }`,
    ),
    messages: [...lease(1, { 60: text('phone 1') }), ...lease(2), ...lease(3, { 12: text('nobody') }), ...lease(4, { 60: text('x') }), select(5, { 60: text('phone 1'), 50: 'c0a8326e' }), discover(6, { 60: text('phone 1'), 51: '00000e10' })],
  },
];
