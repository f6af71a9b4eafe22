// Base64 as dhcpd decodes it: padding is not required, and leftover bits only matter when they are not zero (§4.6).

export type Base64Fault =
  | { readonly kind: 'character'; readonly at: number }
  | { readonly kind: 'behind-padding'; readonly at: number }
  /** Told, but the bytes count. */
  | { readonly kind: 'leftover'; readonly bits: number };

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Characters that can belong to a secret: dhcpd reads on while a token has only these. */
export const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/=]*$/.test(text);

/** Bytes up to the first fault that ends decoding. */
export function decodeBase64(text: string): { readonly bytes: Uint8Array; readonly fault: Base64Fault | undefined } {
  const bytes: number[] = [];
  let bits = 0;
  let size = 0;
  let isTerminated = false;
  const ended = (fault: Base64Fault | undefined) => ({ bytes: Uint8Array.from(bytes), fault });
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (isTerminated && character !== '=') return ended({ kind: 'behind-padding', at });
    if (character === '=') {
      isTerminated = true;
      continue;
    }
    const value = alphabet.indexOf(character);
    if (value < 0) return ended({ kind: 'character', at });
    bits = bits * 64 + value;
    size += 6;
    if (size >= 8) {
      size -= 8;
      bytes.push(Math.floor(bits / 2 ** size));
      bits %= 2 ** size;
    }
  }
  // The characters, padding included, are counted in fours.
  return ended(text.length % 4 !== 0 && bits !== 0 ? { kind: 'leftover', bits } : undefined);
}
