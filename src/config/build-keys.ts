// key and zone (dhcpd-conf reference §4.6). Base64 is the parser's; here is what keys and zones say about each other.

import { keyName } from '../model/key-name.ts';
import type { Zone } from '../model/server-config.ts';
import type * as ast from '../lang/ast.ts';
import { lowerAddress } from '../lang/lower.ts';
import * as peers from './diagnostics/peers.ts';
import type { Build } from './drafts.ts';

const knownAlgorithms = new Set([
  'hmac-md5',
  'hmac-sha1',
  'hmac-sha224',
  'hmac-sha256',
  'hmac-sha384',
  'hmac-sha512',
]);

/** `HMAC-MD5.SIG-ALG.REG.INT.` and `hmac-md5` are one algorithm. */
const algorithmOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/\.sig-alg\.reg\.int$/, '');
/** A name with a dot is taken as whole, except for the dot at its end (OMAPI reference §1.5). */
const algorithmText = (text: string): string =>
  text.includes('.') ? (text.endsWith('.') ? text : `${text}.`) : `${text}.SIG-ALG.REG.INT.`;

/** The same name twice is accepted; the first one is used, as dhcpd finds it first. */
export function buildKey(build: Build, node: ast.KeyDecl): void {
  const { name, algorithm, secret, span } = node;
  if (algorithm === undefined || secret === undefined) {
    build.report(peers.keyIncomplete(name.span, algorithm === undefined ? 'algorithm' : 'secret'));
    return;
  }
  const known = algorithmOf(algorithm.text);
  if (!knownAlgorithms.has(known))
    build.report(peers.unknownAlgorithm(algorithm.span, name.text, algorithm.text));
  const index = build.drafts.keys.length;
  if (!build.keysByName.has(keyName(name.text))) build.keysByName.set(keyName(name.text), index);
  build.drafts.keys.push({ name: name.text, algorithm: known, algorithmText: algorithmText(algorithm.text), secret: secret.bytes, span });
  build.facts.keys.push(node);
}

/** `key NAME …` that did not parse: what names it must not be called unknown as well. */
export function noteRefusedKey(build: Build, { span }: ast.SkippedText): void {
  const match = /^key\s+"?([\w.-]+)/i.exec(
    span.file.text.slice(span.start, Math.min(span.end, span.start + 300)),
  );
  if (match !== null)
    build.facts.refusedKeys.set(keyName(match[1] ?? ''), { ...span, end: span.start + match[0].length });
}
export const isRefusedKey = (build: Build, name: string): boolean =>
  build.facts.refusedKeys.has(keyName(name));

export const findKey = (build: Build, name: string): number | undefined =>
  build.keysByName.get(keyName(name));

export function buildZone(build: Build, node: ast.ZoneDecl): void {
  let key: string | undefined;
  for (const member of node.members) {
    if (member.kind !== 'zone-key') continue;
    const { text, span } = member.name;
    const index = findKey(build, text);
    if (index === undefined) {
      if (!isRefusedKey(build, text))
        build.report(peers.unknownZoneKey(span, text, build.keysByName.keys()), span);
      continue;
    }
    if (key !== undefined) {
      build.report(peers.secondZoneKey(member.span, node.name.text));
      continue;
    }
    key = build.drafts.keys[index]?.name;
    build.facts.keyUses.add(keyName(text));
  }
  build.drafts.zones.push(zoneOf(node, key));
  build.facts.zones.push(node);
}

function zoneOf(node: ast.ZoneDecl, key: string | undefined): Zone {
  const addresses = (kind: 'primary' | 'secondary') =>
    node.members.flatMap((member) => (member.kind === kind ? member.addresses.map(lowerAddress) : []));
  const text = node.name.text;
  return {
    name: text.endsWith('.') ? text : `${text}.`,
    primaries: addresses('primary'),
    secondaries: addresses('secondary'),
    key,
    span: node.span,
  };
}
