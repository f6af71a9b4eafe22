// A failover connection under TLS 1.3: with a pre-shared key, or with certificates that both nodes show and check.

import type { Socket } from 'node:net';
import { connect as connectTls, createServer, TLSSocket } from 'node:tls';
import type { Ipv4 } from '../std/ipv4.ts';
import { parseIpv4 } from '../std/ipv4.ts';
import type { SecuredBy, SecuredProof } from '../model/step.ts';
import { factsOf, strangerProblem, type ChannelCertificate } from '../wire/channel-certificate.ts';

export interface TlsListener {
  /** Nothing was said on it yet. */
  secured(socket: TLSSocket, proof: SecuredProof): void;
  /** Before or after that, perhaps more than once. */
  failed(error: Error): void;
}

/** Pre-shared keys need a SHA-256 suite in the version of OpenSSL that Node.js has. */
const tlsOptions = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256' } as const;

/** The raw socket's end is the end of both. */
export function startTls(raw: Socket, isClient: boolean, by: SecuredBy, listener: TlsListener): void {
  if (by.kind === 'key') startWithKey(raw, isClient, by, listener);
  else if (isClient) callWithCertificate(raw, by.own, listener);
  else answerWithCertificate(raw, by.own, listener);
}

/** For as long as it lives: TLS may fail more than once, and an error that nobody hears ends the process. */
function guard(socket: TLSSocket, raw: Socket, failed: TlsListener['failed']): void {
  socket.on('error', failed);
  socket.on('close', () => raw.destroy());
}

function startWithKey(raw: Socket, isClient: boolean, { identity, psk }: Extract<SecuredBy, { kind: 'key' }>, { secured, failed }: TlsListener): void {
  const key = Buffer.from(psk);
  const socket = isClient
    ? connectTls({ ...tlsOptions, socket: raw, checkServerIdentity: () => undefined, pskCallback: () => ({ psk: key, identity }) })
    : new TLSSocket(raw, { ...tlsOptions, isServer: true, pskCallback: (_socket: TLSSocket, name: string) => (name === identity ? key : null) } as never);
  guard(socket, raw, failed);
  socket.once(isClient ? 'secureConnect' : 'secure', () => secured(socket, { partner: undefined, refusal: undefined }));
}

/** Why not refused by TLS itself: it would only be closed then, and the other side could not say why. */
const bothShow = { requestCert: true, rejectUnauthorized: false } as const;
const optionsOf = ({ certificate, privateKey, authority }: ChannelCertificate) => ({ ...tlsOptions, ...bothShow, cert: certificate, key: privateKey, ca: authority });

function callWithCertificate(raw: Socket, own: ChannelCertificate, { secured, failed }: TlsListener): void {
  const socket = connectTls({ ...optionsOf(own), socket: raw, checkServerIdentity: () => undefined });
  guard(socket, raw, failed);
  socket.once('secureConnect', () => secured(socket, proofOf(socket, own, addressOf(raw))));
}

/** Only a server looks whether an authority has signed what the other side shows; this one has one connection. */
function answerWithCertificate(raw: Socket, own: ChannelCertificate, { secured, failed }: TlsListener): void {
  const address = addressOf(raw);
  const server = createServer(optionsOf(own), (socket) => {
    guard(socket, raw, failed);
    secured(socket, proofOf(socket, own, address));
  });
  server.on('tlsClientError', failed);
  server.emit('connection', raw);
}

const addressOf = ({ remoteAddress = '' }: Socket): Ipv4 => parseIpv4(remoteAddress.replace(/^::ffff:/, '')) ?? (0 as Ipv4);

/** Who the partner proved to be, or why it is not believed. */
function proofOf(socket: TLSSocket, { partner: wanted }: ChannelCertificate, address: Ipv4): SecuredProof {
  const theirs = socket.getPeerX509Certificate();
  if (theirs === undefined) return { partner: undefined, refusal: 'it showed no certificate' };
  const facts = factsOf(theirs);
  const signed = socket.authorized ? undefined : `its certificate (${facts.subject}) is refused: ${reasonOf(socket)}`;
  return { partner: facts, refusal: signed ?? strangerProblem(theirs, wanted, address) };
}

/** What OpenSSL calls the reason, in words. */
const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'no authority that this node trusts has signed it',
  UNABLE_TO_GET_ISSUER_CERT: 'no authority that this node trusts has signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'no authority that this node trusts has signed it',
  SELF_SIGNED_CERT_IN_CHAIN: 'no authority that this node trusts has signed it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'no authority that this node trusts has signed it',
  INVALID_PURPOSE: 'it is not for both sides of a connection (extendedKeyUsage serverAuth and clientAuth)',
};
function reasonOf({ authorizationError }: TLSSocket): string {
  const code = String(authorizationError ?? 'unknown');
  return reasons[code] ?? code;
}
