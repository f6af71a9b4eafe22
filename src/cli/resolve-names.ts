// For `leasehold check --resolve`: what the resolver of this machine says of names.

import { lookup } from 'node:dns/promises';
import { setTimeout as after } from 'node:timers/promises';
import type { Resolves } from '../config/load-config.ts';

/** As long as the server waits for a name (shell/requests.ts). */
const waitMillis = 3_000;
/** Names that are asked for at once. */
const atOnceMax = 64;

/** IPv4 addresses are what a name must have. `ask` answers or throws, as lookup of node:dns does. */
export async function resolveNames(names: readonly string[], ask: (name: string) => Promise<unknown> = (name) => lookup(name, { family: 4 })): Promise<Resolves> {
  const problems = new Map<string, string>();
  for (let from = 0; from < names.length; from += atOnceMax)
    await Promise.all(names.slice(from, from + atOnceMax).map(async (name) => {
      const problem = await problemOf(name, ask);
      if (problem !== undefined) problems.set(name, problem);
    }));
  return (name) => problems.get(name);
}

const words: Readonly<Record<string, string>> = { ENOTFOUND: 'no such name, or it has no IPv4 address', EAI_AGAIN: 'the resolver does not answer', ENODATA: 'it has no IPv4 address' };

async function problemOf(name: string, ask: (name: string) => Promise<unknown>): Promise<string | undefined> {
  const silence = new AbortController();
  const answered = ask(name).then(() => undefined, (error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return words[code] ?? code;
  });
  const waited = after(waitMillis, `no answer in ${waitMillis / 1000} s`, { signal: silence.signal }).catch(() => undefined);
  const problem = await Promise.race([answered, waited]);
  silence.abort();
  return problem;
}
