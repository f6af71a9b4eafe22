// Whether a URL that a machine is given answers, as its firmware, loader or installer would find it: by HEAD.

export interface Probe {
  readonly isGood: boolean;
  /** For people: `answers 200 OK`. */
  readonly text: string;
}

const patienceMillis = 3_000;
const problem = (text: string): Probe => ({ isGood: false, text });

/** Not there, or a server in trouble. A folder that may not be listed (403) is no problem for who fetches files from it. */
const isBadStatus = (status: number): boolean => status === 404 || status === 410 || status >= 500;

export async function probeUrl(url: string): Promise<Probe> {
  try {
    const { status, statusText } = await fetch(url, { method: 'HEAD', redirect: 'follow', signal: AbortSignal.timeout(patienceMillis) });
    return { isGood: !isBadStatus(status), text: `answers ${status} ${statusText}`.trimEnd() };
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return problem(`does not answer within ${patienceMillis / 1_000} s`);
    const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
    return problem(`does not answer: ${cause?.code ?? cause?.message ?? (error as Error).message}`);
  }
}
