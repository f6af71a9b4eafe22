// What `leasehold explain` says of an exchange from the configuration and the lease file as it stood before, against what the server
// then did: the reply byte for byte, and the reason of a silence in the log.

import { isDeepStrictEqual } from 'node:util';
import { toHex } from '../../../src/std/bytes.ts';
import { parseIpv4, type Ipv4 } from '../../../src/std/ipv4.ts';
import { err, ok } from '../../../src/std/result.ts';
import type { MonoMillis, Now, UnixSeconds } from '../../../src/std/time.ts';
import { subnetOf } from '../../../src/cli/explain/client.ts';
import { storeFrom } from '../../../src/cli/explain/explain.ts';
import { outcomeOf, wordless } from '../../../src/cli/explain/outcome.ts';
import { questionOfPacket } from '../../../src/cli/explain/packet-question.ts';
import { rehearse } from '../../../src/cli/explain/rehearsal.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { ServerConfig } from '../../../src/model/server-config.ts';
import { DhcpView } from '../../../src/wire/dhcp-view.ts';
import { serverAddress, type Packet, type Scenario } from './messages.ts';
import { typeOf } from './replies.ts';
import type { Answered } from './twin-lab.ts';

/** One message as our server met it. */
export interface Heard {
  readonly packet: Packet;
  readonly leaseFile: Uint8Array;
  /** Unix seconds. */
  readonly wall: number;
  /** The payload that it answered; undefined for silence. */
  readonly reply: Uint8Array | undefined;
  readonly lines: readonly string[];
}

const own = parseIpv4(serverAddress) as Ipv4;
const pathOf = ({ source, destination }: Packet) => ({ source: source.address, sourcePort: source.port, destination });

function configOf({ config: text }: Scenario): ServerConfig {
  const loaded = loadConfig({ path: 'dhcpd.conf', read: (path) => (path === 'dhcpd.conf' ? ok(text) : err({ problem: 'absent' })) });
  if (!loaded.ok || loaded.value.config === undefined) throw new Error('the configuration of a scenario is good');
  return loaded.value.config;
}

/** Offers that stand before exchange `index`: the address was not taken, nor did its client go to another server. */
function standingOffers(answers: readonly Answered[], index: number): { packet: Uint8Array; path: ReturnType<typeof pathOf> }[] {
  const offers = new Map<string, { packet: Packet; client: string }>();
  for (const { leasehold, heard: { packet } } of answers.slice(0, index)) {
    const { client, chosen } = senderOf(packet);
    if (chosen !== 0 && chosen !== own) for (const [ip, offer] of offers) if (offer.client === client) offers.delete(ip);
    if (leasehold === undefined) continue;
    offers.delete(leasehold.yiaddr);
    if (typeOf(leasehold) === 2) offers.set(leasehold.yiaddr, { packet, client });
  }
  return [...offers.values()].map(({ packet }) => ({ packet: packet.payload, path: pathOf(packet) }));
}

/** By what the server knows the client, and which server it chose. */
function senderOf({ payload }: Packet): { readonly client: string; readonly chosen: number } {
  const view = new DhcpView(payload.slice());
  if (view.check(payload.length) !== 'ok') return { client: '', chosen: 0 };
  return { client: toHex(view.option(61) ?? view.chaddr), chosen: view.serverIdentifier };
}

/** What was wrong, a text for each exchange; empty when every prediction came true. `drops`: of malformed packets, as the server counted them. */
export function wrongPredictions(scenario: Scenario, answers: readonly Answered[], drops: Readonly<Record<string, number>>): string[] {
  const config = configOf(scenario);
  const lines = answers.flatMap(({ heard }) => heard.lines);
  const dropped: Record<string, number> = {};
  const wrong = answers.flatMap(({ message, heard, isSplit }, index) => {
    const offered = standingOffers(answers, index);
    const predictions = [heard.wall, ...(isSplit ? [heard.wall + 1] : [])].map((wall) => predict(config, heard, wall, offered));
    const right = predictions.find((prediction) => isRight(prediction, heard, lines));
    const reason = dropReason.exec(right?.outcome ?? '')?.[1];
    if (reason !== undefined) dropped[reason] = (dropped[reason] ?? 0) + 1;
    return right !== undefined ? [] : [`exchange ${index} ${JSON.stringify(message)}\n${describe(predictions[0], heard)}`];
  });
  return isDeepStrictEqual(dropped, { ...drops }) ? wrong : [...wrong, `dropped as explained ${JSON.stringify(dropped)}, as counted ${JSON.stringify(drops)}`];
}

interface Prediction {
  readonly reply: string;
  readonly outcome: string;
  readonly notes: readonly string[];
}
const silence = 'silence';
const hexOf = (reply: Uint8Array | undefined): string => (reply === undefined ? silence : toHex(reply));

function predict(config: ServerConfig, { packet, leaseFile }: Heard, wall: number, offered: ReturnType<typeof standingOffers>): Prediction {
  const now: Now = { mono: 1e6 as MonoMillis, wall: wall as UnixSeconds };
  const store = storeFrom(config, leaseFile, now);
  const on = subnetOf(own, config) === undefined ? undefined : own;
  const question = questionOfPacket({ payload: packet.payload.slice(), path: pathOf(packet), from: 'it' }, on, config, store, now);
  if (!question.ok) return { reply: 'no question', outcome: question.error, notes: [] };
  const told = rehearse({ ...question.value, offered }, store);
  const outcome = outcomeOf(told, question.value.messageType).text.replaceAll('explain0', 'eth0');
  return { reply: hexOf(told.reply), outcome, notes: told.notes.map(({ topic, text }) => `${topic} ${text}`) };
}

/** What the server does not even hand to its engine: counted, and told once in a while. */
const dropReason = /the packet is dropped: (.*)$/;
/** Told once a second at most. */
const rarelySaid = /unknown packet type$/;

function isRight({ reply, outcome }: Prediction, heard: Heard, linesOfAll: readonly string[]): boolean {
  if (reply !== hexOf(heard.reply)) return false;
  if (reply !== silence || dropReason.test(outcome)) return true;
  const reason = /^no answer(?:, as to any \w+)?: (.*)$/s.exec(outcome)?.[1] ?? outcome;
  if (reason === wordless.ignored || reason === wordless.fromServer) return heard.lines.length === 0;
  if (rarelySaid.test(reason) && heard.lines.length === 0) return linesOfAll.some((line) => rarelySaid.test(line));
  return heard.lines.some((line) => line.includes(reason));
}

const describe = (prediction: Prediction | undefined, { reply, lines }: Heard): string =>
  [`explained ${prediction?.reply ?? ''}: ${prediction?.outcome ?? ''}`, `answered  ${hexOf(reply)}`, ...lines.map((line) => `said: ${line}`), ...(prediction?.notes ?? [])]
    .map((line) => `  ${line}`).join('\n');
