// HMAC signatures of OMAPI messages (omapi reference §1.5, §1.6; RFC 2104).

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OmapiSigner } from './omapi-message.ts';

/** Algorithms of `key` declarations with the size of their signatures in bytes. */
export const omapiAlgorithms = {
  'hmac-md5': { hash: 'md5', size: 16 },
  'hmac-sha1': { hash: 'sha1', size: 20 },
  'hmac-sha224': { hash: 'sha224', size: 28 },
  'hmac-sha256': { hash: 'sha256', size: 32 },
  'hmac-sha384': { hash: 'sha384', size: 48 },
  'hmac-sha512': { hash: 'sha512', size: 64 },
} as const;
export type OmapiAlgorithm = keyof typeof omapiAlgorithms;
export const isOmapiAlgorithm = (name: string): name is OmapiAlgorithm => Object.hasOwn(omapiAlgorithms, name);

/** What stands behind the algorithm's name on the wire. */
export const omapiAlgorithmSuffix = '.SIG-ALG.REG.INT.';

export function omapiSigner(algorithm: OmapiAlgorithm, secret: Uint8Array): OmapiSigner {
  const { hash, size } = omapiAlgorithms[algorithm];
  return { size, sign: (signed) => createHmac(hash, secret).update(signed).digest() };
}

/** In constant time; false for a signature of another size, an empty one included. */
export function isSignatureValid(signer: OmapiSigner, signed: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === signer.size && timingSafeEqual(signer.sign(signed), signature);
}
