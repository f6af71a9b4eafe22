// A certificate authority of openssl.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority of openssl in a folder. */
export class Authority {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.#openssl('req', '-x509', ...newKey, '-keyout', this.#file('key'), '-out', this.file, '-days', '3650', '-subj', `/CN=${name}`);
  }
  get file(): string {
    return this.#file('pem');
  }
  #file(ending: string): string {
    return join(this.#folder, `${this.#name}.${ending}`);
  }
  #openssl(...words: readonly string[]): void {
    execFileSync('openssl', words, { stdio: 'pipe' });
  }

  /** Writes `NAME.pem` and `NAME.key`; made anew under the same name, it is a renewed one. */
  issue(name: string, names: string, days: number, subject = `/CN=${name}`): void {
    const path = (ending: string): string => join(this.#folder, `${name}.${ending}`);
    writeFileSync(path('ext'), `subjectAltName=${names}\n`);
    this.#openssl('req', ...newKey, '-keyout', path('key'), '-out', path('csr'), '-subj', subject);
    const signed = ['-CA', this.file, '-CAkey', this.#file('key'), '-CAcreateserial', '-extfile', path('ext'), '-days', String(days)];
    this.#openssl('x509', '-req', '-in', path('csr'), '-out', path('pem'), ...signed);
  }
}
