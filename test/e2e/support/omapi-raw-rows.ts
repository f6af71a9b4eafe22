// Messages in raw bytes, as no tool would send them, or as the reference shows them (OMAPI reference §1.7, §2, §5).

import { omapiOpcode as op } from '../../../src/wire/omapi-message.ts';

export interface RawMessage {
  readonly opcode: number;
  /** `$handle`: of the answer before; `$auth`: of the authenticator. */
  readonly handle?: number | string;
  /** In place of the one that was opened, or 0; -1: the opened one, whether or not the message is signed. */
  readonly authId?: number;
  readonly rid?: number;
  /** Hex, or text in quotes. */
  readonly message?: Readonly<Record<string, string>>;
  readonly object?: Readonly<Record<string, string>>;
  readonly isSigned?: boolean;
  /** Bytes behind it, hex. */
  readonly tail?: string;
}
export interface RawRow {
  readonly id: string;
  readonly messages: readonly RawMessage[];
  /** Where we answer otherwise on purpose. */
  readonly ours?: string;
}

const opening = (name = 'omapi_key', algorithm = 'hmac-md5.SIG-ALG.REG.INT.', message = {}): RawMessage => ({
  opcode: op.open, message: { type: '"authenticator"', ...message }, object: { name: `"${name}"`, algorithm: `"${algorithm}"` },
});
const one = '00000001';
const signed = (message: Omit<RawMessage, 'isSigned'>): readonly RawMessage[] => [opening(), { ...message, isSigned: true }];
const leaseAt: RawMessage = { opcode: op.open, message: { type: '"lease"' }, object: { 'ip-address': 'c0a83278' }, isSigned: true };
const hostNamed = (name: string, mac: string, flags: Record<string, string> = { create: one, exclusive: one }): RawMessage => ({
  opcode: op.open, message: { ...flags, type: '"host"' }, isSigned: true,
  object: { name: `"${name}"`, 'hardware-address': mac, 'hardware-type': one, 'ip-address': 'c0a83215' },
});

export const rawRows: readonly RawRow[] = [
  { id: '5.1 the authenticator', messages: [opening()] },
  { id: 'letter case of the key', messages: [opening('OMAPI_KEY', 'HMAC-MD5.sig-alg.reg.int.')] },
  { id: 'a dot behind the key’s name', messages: [opening('omapi_key.')] },
  { id: 'an algorithm without its tail', messages: [opening('omapi_key', 'hmac-md5')] },
  { id: '5.4 an unknown key', messages: [opening('nobody')] },
  { id: 'an authenticator of nothing', messages: [{ opcode: op.open, message: { type: '"authenticator"' } }] },
  { id: 'an authenticator to be made', messages: [opening('omapi_key', 'hmac-md5.SIG-ALG.REG.INT.', { create: one })] },
  { id: 'an authenticator to be made anew', messages: [opening('omapi_key', 'hmac-md5.SIG-ALG.REG.INT.', { create: one, exclusive: one })] },
  { id: 'a key that is not the omapi-key', messages: [opening('other')], ours: 'strangers do not learn which keys exist' },
  { id: '5.4 no key', messages: [{ ...leaseAt, isSigned: false }] },
  { id: 'no key, an operation that does not exist', messages: [{ opcode: 99 }] },
  { id: 'Authenticator, with a capital', messages: [{ opcode: op.open, message: { type: '"Authenticator"' }, object: { name: '"omapi_key"' } }] },
  { id: 'an authenticator that was not opened', messages: [{ opcode: op.refresh, authId: 77 }] },
  { id: '5.2 a lease, refreshed', messages: [opening(), leaseAt, { opcode: op.refresh, handle: '$handle', isSigned: true }] },
  { id: '5.3 a host made, changed, unset, deleted', messages: [
    opening(), hostNamed('h1', '02aa00000001'),
    { opcode: op.update, handle: '$handle', object: { 'ip-address': 'c0a83216' }, isSigned: true },
    { opcode: op.update, handle: '$handle', object: { 'ip-address': '' }, isSigned: true },
    { opcode: op.delete, handle: '$handle', isSigned: true },
  ] },
  { id: 'made without create', messages: [opening(), hostNamed('h2', '02aa00000002', {})] },
  { id: 'made, then opened and updated by create', messages: [opening(), hostNamed('h3', '02aa00000003'), { ...hostNamed('h3', '02aa00000003', { create: one }), object: { 'hardware-address': '02aa00000003', 'hardware-type': one } }], ours: 'the same values again change nothing' },
  { id: 'a flag of three bytes', messages: signed({ opcode: op.open, message: { create: '000001', type: '"host"' }, object: { name: '"x"' } }) },
  { id: 'create without a type', messages: signed({ opcode: op.open, message: { create: one } }) },
  { id: 'an unknown type', messages: signed({ opcode: op.open, message: { type: '"zone"' }, object: { name: '"x"' } }) },
  { id: 'types that the library knows', messages: [opening(), ...['connection', 'listener', 'io', 'generic', 'protocol', 'message', 'waiter', 'failover-link'].map((type): RawMessage => ({ opcode: op.open, message: { type: `"${type}"` }, isSigned: true }))] },
  { id: 'a handle that does not exist', messages: [opening(), ...[op.refresh, op.update, op.delete].map((opcode): RawMessage => ({ opcode, handle: 9999, isSigned: true }))] },
  { id: 'NOTIFY', messages: signed({ opcode: op.notify }) },
  { id: 'STATUS from a client', messages: signed({ opcode: op.status }) },
  { id: 'operation 0', messages: signed({ opcode: 0 }) },
  { id: 'operation 7', messages: signed({ opcode: 7 }) },
  { id: 'an answer to nothing', messages: signed({ opcode: op.refresh, rid: 5 }) },
  { id: 'names of header fields', messages: signed({ opcode: op.open, message: { type: '"host"', handle: one } }) },
  { id: 'a lease by the handle attribute of nothing', messages: signed({ opcode: op.open, message: { type: '"lease"' }, object: { handle: '00009999' } }) },
  { id: 'a hardware type of three bytes', messages: signed({ opcode: op.open, message: { type: '"lease"' }, object: { 'hardware-address': '02005e100001', 'hardware-type': '000001' } }) },
  { id: 'a hardware type beyond a byte', messages: signed({ opcode: op.open, message: { type: '"host"' }, object: { 'hardware-address': '02005e100001', 'hardware-type': '00000101' } }) },
  { id: 'a MAC of twenty-one bytes', messages: signed({ ...hostNamed('long', '02'.repeat(21)) }) },
  { id: 'a host name that cannot be printed', messages: signed({ ...hostNamed('x', '02aa00000009'), object: { name: '780a79', 'hardware-address': '02aa00000009' } }) },
  { id: 'an authenticator updated, deleted', messages: [opening(), { opcode: op.update, handle: '$auth', object: { name: '"x"' }, isSigned: true }] },
  { id: 'a signature that is wrong', messages: [opening(), { ...leaseAt, isSigned: false, authId: -1 }], ours: 'executed by dhcpd, without any signature' },
];
