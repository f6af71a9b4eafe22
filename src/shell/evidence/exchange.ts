// One HTTP exchange with a witness, and what this node proves itself with there.
// Why not fetch: it takes no certificates.

import { readFile } from 'node:fs/promises';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecured } from 'node:https';
import type { WitnessAccess } from '../../model/evidence-settings.ts';

const timeoutMillis = 3_000;
const bodyMax = 64 * 1024;

/** What the files of the access hold. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}
export interface Reply {
  readonly status: number;
  /** Empty: none. */
  readonly etag: string;
  readonly text: string;
}

/** Read for each question, so that what is renewed is used. Throws what node:fs throws. */
export async function credentialsOf({ user, files }: WitnessAccess): Promise<Credentials> {
  const textOf = async (path: string | undefined): Promise<string | undefined> => (path === undefined ? undefined : await readFile(path, 'utf8'));
  const [password, ca, cert, key] = await Promise.all([textOf(files.password), textOf(files.authority), textOf(files.certificate), textOf(files.privateKey)]);
  return {
    user, password: password?.replace(/\r?\n$/, '') ?? '',
    ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }),
  };
}

/** Rejects when there is no whole answer in time. A redirection is an answer like any other: nobody is sent elsewhere with a password. */
export function exchange(
  url: string, method: string, { ca, cert, key }: Credentials, headers: Readonly<Record<string, string>> = {}, body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? requestSecured : requestPlain;
    const options = { method, headers: { ...headers, Connection: 'close' }, signal: AbortSignal.timeout(timeoutMillis), ca, cert, key };
    const asked = request(url, options, (response) => {
      readWhole(response).then((text) => resolve({ status: response.statusCode ?? 0, etag: response.headers.etag ?? '', text }), reject);
    });
    asked.on('error', (error) => reject(error.name === 'AbortError' ? new Error(`no answer within ${timeoutMillis / 1000} s`) : error));
    asked.end(body);
  });
}

async function readWhole(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    text += chunk;
    if (text.length > bodyMax) throw new Error('the answer is too long');
  }
  return text;
}
