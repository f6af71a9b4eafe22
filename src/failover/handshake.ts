// CONNECT and CONNECTACK (failover reference §3): checks in dhcpd's order, rejections that really reach the partner.

import { bytesEqual, latin1 } from '../std/bytes.ts';
import { addMillis, secondsBetween, type Now } from '../std/time.ts';
import type { Effects, SecuredBy } from '../model/step.ts';
import {
  encodeConnect,
  encodeConnectack,
  encodeDisconnect,
  receiveTimer,
  rejectReason,
  rejectText,
  updateWindow,
  type FailoverMessage,
  type Rejection,
} from '../wire/failover-message.ts';
import { hashBucketsSize } from '../wire/load-balance-hash.ts';
import { vendorClass } from './capabilities.ts';
import type { Endpoint } from './endpoint.ts';
import type { Link } from './link.ts';
import { securityVerdict, type SecurityVerdict } from './security.ts';
import { certificateDate, expiresSoonSeconds } from '../wire/channel-certificate.ts';
import { readCapabilities, readFeatures } from '../wire/failover-security.ts';
import { linkPlain, linkSecured, plainRefused, connectackRefused, connectRefused, connectRejected, disconnectReceived, linkRejected, securingFailed, certificateExpires } from './log-events.ts';

type Connect = Extract<FailoverMessage, { kind: 'connect' }>;
type Connectack = Extract<FailoverMessage, { kind: 'connectack' }>;

/** dhcpd refuses a partner whose clock differs by more (reference §3.2), seconds; two Leasehold nodes translate their times (skew.ts). */
const skewMax = 60;
const isTooSkewed = ({ time, vendorClass: vendor }: Connect | Connectack, now: Now): boolean =>
  Math.abs(time - now.wall) > skewMax && vendor?.startsWith('leasehold/') !== true;

const refusedProof = (refusal: string): Rejection => ({ reason: rejectReason.invalidPartner, message: `you are not believed to be the partner: ${refusal}` });

export class Handshake {
  readonly #endpoint: Endpoint;
  readonly #name: Uint8Array;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#name = latin1(endpoint.name);
  }

  #limits() {
    const { peer } = this.#endpoint;
    return { maxUnacked: updateWindow(peer.maxUnackedUpdates), receiveTimer: receiveTimer(peer.maxResponseDelay) };
  }

  /** The primary speaks first, on every connection. */
  sendConnect(link: Link, now: Now, effects: Effects): void {
    const { mclt, hashBuckets } = this.#endpoint;
    link.connectXid = link.xid();
    encodeConnect(link.out(effects.now, now), now.wall, link.connectXid, {
      relationshipName: this.#name,
      ...this.#limits(),
      vendorClass,
      mclt,
      hashBuckets: hashBuckets ?? new Uint8Array(hashBucketsSize),
      capabilities: this.#endpoint.shownCapabilities,
    });
  }

  /** The partner's certificate is not believed: it is told so. The primary speaks first; a secondary answers its CONNECT. */
  refuseProof(refusal: string, link: Link, now: Now, effects: Effects): void {
    effects.log.event(securingFailed, { name: this.#endpoint.name, detail: refusal });
    if (this.#endpoint.peer.role === 'secondary') return;
    encodeDisconnect(link.out(effects.now, now), now.wall, link.xid(), refusedProof(refusal));
    this.#endpoint.drop(link, now, effects);
  }

  /** Anything but the message that is due is not believed: it was sent before we know who it is from. */
  receive(message: FailoverMessage, link: Link, now: Now, effects: Effects): void {
    if (message.kind === 'connect') this.#onConnect(message, link, now, effects);
    else if (message.kind === 'connectack' && this.#endpoint.peer.role === 'primary') this.#onConnectack(message, link, now, effects);
    else if (message.kind === 'disconnect') {
      const { rejectReason: reason, message: text } = message;
      if (reason !== undefined && reason !== 0)
        effects.log.event(disconnectReceived, { name: this.#endpoint.name, text: text ?? rejectText(reason) });
      this.#endpoint.drop(link, now, effects);
    }
  }

  #onConnect(message: Connect, link: Link, now: Now, effects: Effects): void {
    const endpoint = this.#endpoint;
    const reject = link.refusal === undefined ? this.#connectProblem(message, now) : refusedProof(link.refusal);
    if (reject !== undefined) {
      this.#refuse(message, reject, link, now, effects);
      return;
    }
    if (endpoint.link !== undefined && !this.#replaces(endpoint.link, now, effects)) {
      // Both sides connect, so a second CONNECT is usual; dhcpd expects the plain close.
      endpoint.drop(link, now, effects);
      return;
    }
    const security = this.#secures(message, link, effects);
    if (security.kind === 'refuse') {
      this.#refuse(message, { reason: rejectReason.invalidPartner, message: 'the connection must be secured' }, link, now, effects);
      return;
    }
    if (security.kind === 'secure') {
      encodeConnectack(link.out(effects.now, now), now.wall, message.xid, this.#acceptance(message));
      this.#startSecuring(link, effects);
      return;
    }
    endpoint.adopt(message.mclt ?? endpoint.mclt, message.hashBuckets, effects);
    this.#adopt(message);
    encodeConnectack(link.out(effects.afterCommit, now), now.wall, message.xid, this.#acceptance(message));
    this.#settle(link, security, now, effects);
    endpoint.clock.note(message.time, now, effects);
    endpoint.established(link, now, effects);
  }

  #acceptance(message: Connect) {
    return {
      relationshipName: this.#name,
      limits: this.#limits(),
      vendorClass,
      hasTlsRequest: message.tlsRequest !== undefined,
      capabilities: this.#endpoint.shownCapabilities,
    };
  }

  /** Of a link that is secured already: `plain` without a word, there is nothing more to do. */
  #secures(message: Connect | Connectack, link: Link, effects: Effects): SecurityVerdict {
    const { security, name, isPinned } = this.#endpoint;
    if (link.cipher !== undefined) return { kind: 'plain', reason: '', alarm: false };
    const isLeasehold = message.vendorClass?.startsWith('leasehold/') === true;
    const verdict = securityVerdict(security, readCapabilities(message.capabilities), isLeasehold, isPinned);
    if (verdict.kind === 'refuse') effects.log.event(plainRefused, { name, reason: verdict.reason });
    return verdict;
  }
  #startSecuring(link: Link, effects: Effects): void {
    const { security, name, peer } = this.#endpoint;
    const { credential } = security;
    if (credential === undefined) return;
    link.isSecuring = true;
    const by: SecuredBy = credential.kind === 'key' ? { kind: 'key', identity: name, psk: credential.psk } : { kind: 'certificate', own: credential };
    effects.requests.push({ kind: 'secure', link: link.id, isClient: peer.role === 'primary', by });
  }
  /** What operators learn of a link that is about to be used. */
  #settle(link: Link, verdict: SecurityVerdict, now: Now, effects: Effects): void {
    const endpoint = this.#endpoint;
    const { name } = endpoint;
    endpoint.plainReason = link.cipher === undefined && verdict.kind === 'plain' ? verdict.reason : '';
    if (link.cipher !== undefined) {
      endpoint.pin(true, effects);
      effects.log.event(linkSecured, { name, cipher: link.cipher, partner: link.certificate?.subject ?? '' });
      this.#sayExpiry(link, now, effects);
    } else if (verdict.kind === 'plain' && verdict.alarm) effects.log.event(linkPlain, { name, reason: verdict.reason });
  }

  /** Who renews certificates should hear of it before the partner refuses one. */
  #sayExpiry({ certificate: theirs }: Link, { wall }: Now, effects: Effects): void {
    const { security: { credential }, name } = this.#endpoint;
    const own = credential?.kind === 'certificate' ? credential.facts : undefined;
    for (const [whose, facts] of [['this node', own], ['the partner', theirs]] as const)
      if (facts !== undefined && secondsBetween(wall, facts.until) < expiresSoonSeconds)
        effects.log.event(certificateExpires, { name, whose, subject: facts.subject, date: certificateDate(facts.until) });
  }

  #connectProblem(message: Connect, now: Now): Rejection | undefined {
    const { relationshipName, hashBuckets, mclt } = message;
    if (relationshipName === undefined) return { reason: rejectReason.invalidPartner, message: 'missing relationship-name' };
    if (!bytesEqual(relationshipName, this.#name))
      return { reason: rejectReason.invalidPartner, message: 'unknown failover relationship name' };
    if (this.#endpoint.peer.role === 'primary')
      return { reason: rejectReason.invalidPartner, message: 'both servers are configured as primary' };
    if (isTooSkewed(message, now)) return { reason: rejectReason.timeMismatch, message: 'time offset too large' };
    if (hashBuckets?.length !== hashBucketsSize) return { reason: rejectReason.hashBucketConflict, message: 'invalid HBA' };
    if (mclt === undefined) return { reason: rejectReason.invalidMclt, message: 'no MCLT provided' };
    return undefined;
  }

  #refuse(message: Connect, reject: Rejection, link: Link, now: Now, effects: Effects): void {
    const { name, clock } = this.#endpoint;
    if (reject.reason === rejectReason.timeMismatch) clock.refused(message.time, now, effects);
    effects.log.event(connectRefused, { name, text: reject.message });
    effects.log.event(linkRejected, { text: reject.message });
    // The name must stand even in a rejection, or a dhcpd logs something else than our reason.
    encodeConnectack(link.out(effects.now, now), now.wall, message.xid, {
      relationshipName: message.relationshipName,
      vendorClass,
      hasTlsRequest: message.tlsRequest !== undefined,
      reject,
    });
    this.#endpoint.drop(link, now, effects);
  }

  #onConnectack(message: Connectack, link: Link, now: Now, effects: Effects): void {
    const endpoint = this.#endpoint;
    const { name } = endpoint;
    const disconnect = (reject: Rejection): void => {
      effects.log.event(connectackRefused, { name, text: reject.message });
      encodeDisconnect(link.out(effects.now, now), now.wall, link.xid(), reject);
      endpoint.drop(link, now, effects);
    };
    const { relationshipName } = message;
    if (relationshipName === undefined) {
      disconnect({ reason: rejectReason.invalidPartner, message: 'missing relationship-name' });
    } else if (message.rejectReason !== undefined) {
      effects.log.event(connectRejected, { name, text: message.message ?? rejectText(message.rejectReason) });
      endpoint.drop(link, now, effects);
    } else if (!bytesEqual(relationshipName, this.#name)) {
      const theirs = String.fromCharCode(...relationshipName);
      disconnect({ reason: rejectReason.invalidPartner, message: `remote failover relationship name ${theirs} does not match` });
    } else if (endpoint.link !== undefined && !this.#replaces(endpoint.link, now, effects)) {
      encodeDisconnect(link.out(effects.now, now), now.wall, link.xid(), { reason: rejectReason.duplicateConnection, message: 'already connected' });
      endpoint.drop(link, now, effects);
    } else if (isTooSkewed(message, now)) {
      endpoint.clock.refused(message.time, now, effects);
      disconnect({ reason: rejectReason.timeMismatch, message: 'time offset too large' });
    } else {
      const security = this.#secures(message, link, effects);
      if (security.kind === 'refuse') {
        disconnect({ reason: rejectReason.invalidPartner, message: 'the connection must be secured' });
        return;
      }
      if (security.kind === 'secure') {
        this.#startSecuring(link, effects);
        return;
      }
      this.#adopt(message);
      this.#settle(link, security, now, effects);
      endpoint.clock.note(message.time, now, effects);
      endpoint.established(link, now, effects);
    }
  }

  /** A half-dead link must not block a new one until its timer runs out (§11.2). */
  #replaces(old: Link, now: Now, effects: Effects): boolean {
    const endpoint = this.#endpoint;
    const patienceMillis = (endpoint.peer.maxResponseDelay * 1000) / 3 + 1000;
    if (now.mono < addMillis(old.heardAt, patienceMillis)) return false;
    endpoint.drop(old, now, effects);
    return true;
  }

  #adopt({ maxUnacked, receiveTimer: timer, vendorClass: vendor, capabilities }: Connect | Connectack): void {
    const endpoint = this.#endpoint;
    // Missing or absurd numbers are read as the defaults: we flood nobody and starve nobody.
    endpoint.partnerWindow = Math.min(Math.max(maxUnacked ?? 10, 1), 10_000);
    endpoint.takesBatches = false;
    endpoint.partnerTimer = Math.max(timer ?? 20, 3);
    endpoint.partnerVendor = vendor ?? '';
    endpoint.partnerFeatures = readFeatures(capabilities);
  }
}
