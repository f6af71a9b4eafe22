// One OMAPI connection: messages in, replies out (OMAPI reference §1.5 to §2). The order of checks is dhcpd's; where dhcpd executes what
// nobody signed, or crashes, this refuses (§7.1).

import type { Effects, LinkId } from '../../model/step.ts';
import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { MonoMillis, Now } from '../../std/time.ts';
import {
  encodeOmapi, encodeOmapiIntro, omapiLimits, omapiOpcode, OmapiReader, type OmapiEvent, type OmapiMessage, type OmapiPairs,
} from '../../wire/omapi-message.ts';
import { isSignatureValid } from '../../wire/omapi-signature.ts';
import { commandDone, omapiBadSignature, omapiRefused, omapiUnknownKey } from '../log-events.ts';
import { Handles } from './handles.ts';
import { findKey, isKeyed, mayChange, type OmapiKey } from './keys.ts';
import type { OmapiContext, OmapiRight, OmapiWorld } from './object-kind.ts';
import { performOn, performOpen, type Outcome } from './operations.ts';
import { lookupFailed, omapiResult as result, statusRows, type Status } from './results.ts';
import { flagOf, pairsOf, text, textOf, u32, u32Of } from './values.ts';

type Message = Extract<OmapiEvent, { kind: 'message' }>;

/** What a session needs to know of the room around it. */
export interface SessionDeps extends OmapiWorld {
  readonly secret: Uint8Array;
  /** False in the time between a failed write and its repair: changes would not be durable. */
  readonly isDurable: () => boolean;
  readonly noteWeakKey: (remote: Ipv4, key: string, effects: Effects) => void;
}

type MutableContext = { -readonly [K in keyof OmapiContext]: OmapiContext[K] };

const badSignaturesMax = 5;
const badKeysMax = 5;
/** Answers to strangers are short, but one who does not read them would have us keep them all. */
const unprovenMax = 64;
/** A message-list entry of these names makes dhcpd close the connection. */
const forbiddenNames = new Set(['object', 'notify-object', 'authid', 'op', 'handle', 'id', 'rid', 'authenticator']);
/** Bytes that wait to be read, behind an open request. */
const backlogMax = { stranger: 4_096, unproven: 12_288, known: 4 * 1024 * 1024 } as const;

export class OmapiSession {
  readonly link: LinkId;
  readonly remote: Ipv4;
  readonly openedAt: MonoMillis;
  lastHeardAt: MonoMillis;
  /** Why the connection is to be closed; undefined: it goes on. */
  closing: string | undefined = undefined;
  readonly #deps: SessionDeps;
  readonly #reader: OmapiReader;
  readonly #handles: Handles;
  /** Authenticators opened on this connection, by handle. */
  readonly #keys = new Map<number, OmapiKey>();
  #isKeyed: boolean;
  /** A message came that only the owner of a secret can sign. The name of a key is none: every client sends it in clear. */
  #isProven = false;
  #badSignatures = 0;
  #badKeys = 0;
  /** Messages of a stranger, whatever they ask. */
  #unproven = 0;
  #nextId: number;
  #x: MutableContext | undefined;

  constructor(deps: SessionDeps, link: LinkId, remote: Ipv4, now: Now) {
    this.#deps = deps;
    this.link = link;
    this.remote = remote;
    this.openedAt = now.mono;
    this.lastHeardAt = now.mono;
    this.#isKeyed = isKeyed(deps.config());
    this.#handles = new Handles(deps.secret, link);
    this.#nextId = this.#handles.number();
    this.#reader = new OmapiReader(this.#bounds.message);
  }

  /** A key is needed, and nobody has shown that it knows a secret. */
  get isStranger(): boolean {
    return this.#isKeyed && !this.#isProven;
  }
  get isProven(): boolean {
    return this.#isProven;
  }
  /** It named a key that exists. */
  get hasKey(): boolean {
    return this.#keys.size > 0;
  }
  /** Bytes of a message, and of what may wait. */
  get #bounds(): { readonly message: number; readonly backlog: number } {
    if (!this.isStranger) return { message: omapiLimits.message, backlog: backlogMax.known };
    if (this.hasKey) return { message: omapiLimits.messageUnproven, backlog: backlogMax.unproven };
    return { message: omapiLimits.messageUnauthenticated, backlog: backlogMax.stranger };
  }
  get hasBacklog(): boolean {
    return this.#reader.hasMessage;
  }

  greet(effects: Effects): void {
    encodeOmapiIntro(effects.afterCommit.link(this.link));
  }

  receive(bytes: Uint8Array, now: Now): void {
    this.lastHeardAt = now.mono;
    if (this.closing !== undefined) return;
    this.#reader.push(bytes);
    if (this.#reader.size > this.#bounds.backlog) this.closing = 'too much was sent at once';
  }

  /** The next message of what was received, if it is whole. */
  work(now: Now, effects: Effects): void {
    if (this.closing !== undefined) return;
    const event = this.#reader.next();
    if (event?.kind === 'fault') this.closing = `malformed message (${event.code})`;
    else if (event?.kind === 'message') this.#message(event, now, effects);
  }

  /** The configuration changed: a key that it took away opens nothing any more. */
  reload(): void {
    const config = this.#deps.config();
    for (const [handle, { name, algorithmText }] of this.#keys) {
      const key = findKey(config, name, algorithmText);
      if (key === undefined) this.#keys.delete(handle);
      else this.#keys.set(handle, key);
    }
    this.#isKeyed = isKeyed(config);
    if (!this.hasKey) this.#isProven = false;
    this.#reader.sizeMax = this.#bounds.message;
  }

  #message(message: Message, now: Now, effects: Effects): void {
    const key = this.#keys.get(message.authId);
    if (message.authId !== 0 && key === undefined) return this.#close('an authenticator that was not opened here');
    if ([...message.message.keys()].some((name) => forbiddenNames.has(name))) return this.#close('a field of the header as an attribute');
    if (key !== undefined && !isSignatureValid(key.signer, message.signed, message.signature)) return this.#badSignature(message, key, effects);
    if (key !== undefined) this.#prove();
    if (message.rid !== 0) return this.#close('an answer to a question nobody asked');
    const isOpening = message.opcode === omapiOpcode.open && textOf(message.message.get('type') ?? new Uint8Array(0)) === 'authenticator';
    if (this.isStranger && ++this.#unproven >= unprovenMax) this.#close('too many messages without a signature');
    if (key === undefined && this.#isKeyed && !isOpening) return this.#status(message, undefined, statusRows.unsigned, effects);
    if (isOpening) return this.#openKey(message, key, effects);
    this.#operate(message, key, now, effects);
  }

  #prove(): void {
    this.#isProven = true;
    this.#reader.sizeMax = this.#bounds.message;
  }

  #close(reason: string): void {
    this.closing = reason;
  }

  #badSignature(message: Message, { name }: OmapiKey, effects: Effects): void {
    const count = ++this.#badSignatures;
    effects.log.event(omapiBadSignature, { remote: formatIpv4(this.remote), key: name, count });
    this.#status(message, undefined, statusRows.badSignature, effects);
    if (count >= badSignaturesMax) this.#close('too many bad signatures');
  }

  /** One answer for every key that may not be used, so that nobody learns which keys there are (§7.1 item 8). */
  #openKey(message: Message, signedBy: OmapiKey | undefined, effects: Effects): void {
    const { message: flags, object } = message;
    if (object.size === 0) return this.#status(message, signedBy, statusRows.cannotCreate, effects);
    const name = textOf(object.get('name') ?? new Uint8Array(0));
    const algorithm = textOf(object.get('algorithm') ?? new Uint8Array(0));
    const key = findKey(this.#deps.config(), name, algorithm);
    if (key === undefined) {
      effects.log.event(omapiUnknownKey, { remote: formatIpv4(this.remote), key: name, algorithm });
      this.#status(message, signedBy, statusRows.notFound, effects);
      if (++this.#badKeys >= badKeysMax) this.#close('too many unknown keys');
      return;
    }
    if (flagOf(flags, 'create') === true && flagOf(flags, 'exclusive') === true) return this.#status(message, signedBy, statusRows.exists, effects);
    if (flagOf(flags, 'create') === true || flagOf(flags, 'update') === true)
      return this.#status(message, signedBy, statusRows.authenticatorNotUpdated, effects);
    const handle = this.#handles.of('authenticator', key.name.toLowerCase());
    this.#keys.set(handle, key);
    this.#reader.sizeMax = this.#bounds.message;
    if (key.isWeak) this.#deps.noteWeakKey(this.remote, key.name, effects);
    this.#send(message, signedBy, omapiOpcode.update, handle, new Map(), pairsOf(['name', text(key.name)], ['algorithm', text(key.algorithmText)]), effects);
  }

  #operate(message: Message, key: OmapiKey | undefined, now: Now, effects: Effects): void {
    const outcome = this.#outcome(message, key, now, effects);
    if (outcome === 'close') return this.#close('an operation that does not exist');
    if (outcome.kind === 'status') return this.#status(message, key, outcome.status, effects);
    this.#send(message, key, omapiOpcode.update, this.#handles.of(outcome.type, outcome.key), new Map(), outcome.attributes, effects);
  }

  #outcome(message: Message, key: OmapiKey | undefined, now: Now, effects: Effects): Outcome | 'close' {
    const x = this.#context(key, now, effects);
    const gate = { refusal: (right: OmapiRight) => this.#refusal(right, key) };
    switch (message.opcode) {
      case omapiOpcode.open: {
        const handle = message.object.get('handle');
        const referent = handle?.length === 4 ? this.#handles.referent(u32Of(handle) ?? 0) : undefined;
        const type = message.message.get('type');
        if (type === undefined && flagOf(message.message, 'create') !== true)
          return performOn('refresh', this.#handles.referent(message.handle), message.object, x, gate);
        if (handle !== undefined && handle.length !== 4) return { kind: 'status', status: lookupFailed(result.invalidArgument) };
        return performOpen(message, handle === undefined ? undefined : { referent }, x, gate);
      }
      case omapiOpcode.refresh: return performOn('refresh', this.#handles.referent(message.handle), message.object, x, gate);
      case omapiOpcode.update: return performOn('update', this.#handles.referent(message.handle), message.object, x, gate);
      case omapiOpcode.delete: {
        const outcome = performOn('delete', this.#handles.referent(message.handle), message.object, x, gate);
        if (outcome.kind === 'status' && outcome.status.code === result.success) this.#handles.forget(message.handle);
        return outcome;
      }
      case omapiOpcode.notify: return { kind: 'status', status: statusRows.noNotify };
      default: return 'close';
    }
  }

  /** Why a change of this kind may not be made now; undefined: it may. */
  #refusal(right: OmapiRight, key: OmapiKey | undefined): Status | undefined {
    if (key !== undefined && !mayChange(key.role, right)) return statusRows.denied;
    return this.#deps.isDurable() ? undefined : statusRows.notDurable;
  }

  /** One object for all requests of the connection; what differs between them is set here. */
  #context(key: OmapiKey | undefined, now: Now, effects: Effects): OmapiContext {
    const { allowsExecute, allowsShutdown } = this.#deps.config().leasehold.omapi;
    const x = (this.#x ??= this.#newContext(now, effects));
    x.now = now;
    x.effects = effects;
    x.who = `${key === undefined ? 'omapi without key' : `omapi key ${key.name}`} from ${formatIpv4(this.remote)}`;
    x.allowsExecute = allowsExecute;
    x.allowsShutdown = allowsShutdown && key !== undefined && this.#isKeyed;
    return x;
  }
  #newContext(now: Now, effects: Effects): MutableContext {
    const x: MutableContext = {
      ...this.#deps,
      now,
      effects,
      who: '',
      allowsExecute: false,
      allowsShutdown: false,
      reference: (type, name) => this.#handles.of(type, name),
      newSuffix: () => this.#handles.number().toString(16).padStart(8, '0'),
      changed: (what, before, after) =>
        x.effects.log.event(commandDone, { who: x.who, name: 'omapi', what, before, after, outcome: 'done' }),
    };
    return x;
  }

  #status(message: Message, key: OmapiKey | undefined, { code, text: sentence }: Status, effects: Effects): void {
    const refusedChange = code !== result.success && (message.opcode === omapiOpcode.update || message.opcode === omapiOpcode.delete || flagOf(message.message, 'create') === true);
    if (refusedChange && key !== undefined)
      effects.log.event(omapiRefused, {
        who: `omapi key ${key.name} from ${formatIpv4(this.remote)}`, what: whatOf(message), code, text: sentence ?? 'refused',
      });
    const pairs = pairsOf(['result', u32(code)], ['message', sentence === undefined ? undefined : text(sentence)]);
    this.#send(message, key, omapiOpcode.status, 0, pairs, new Map(), effects);
  }

  #send(
    { authId, id }: OmapiMessage, key: OmapiKey | undefined, opcode: number, handle: number, message: OmapiPairs, object: OmapiPairs, effects: Effects,
  ): void {
    const reply = { authId: key === undefined ? 0 : authId, opcode, handle, id: this.#nextId, rid: id, message, object };
    this.#nextId = (this.#nextId + 1) >>> 0;
    encodeOmapi(effects.afterCommit.link(this.link), reply, key?.signer);
  }
}

const operationNames = ['', 'open', 'refresh', 'update', 'notify', 'status', 'delete'];
const whatOf = ({ opcode, message, object }: Message): string => {
  const type = message.get('type');
  const name = object.get('name');
  return [operationNames[opcode] ?? String(opcode), type && textOf(type), name && JSON.stringify(textOf(name))].filter(Boolean).join(' ');
};
