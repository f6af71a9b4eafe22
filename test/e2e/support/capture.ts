// What passed an interface, captured and dissected by tshark.

import { execFileSync } from 'node:child_process';
import type { Child } from '../../../src/cli/lab/child.ts';
import { eventually } from '../../../src/cli/lab/child.ts';
import type { Space } from './namespaces.ts';

/** An address of nobody (RFC 5737): the kernel's question for it is the last packet of every capture. */
const nobody = '192.0.2.1';
const lastPacket = { captured: 'arp and arp[24:4] == 0xc0000201', displayed: `arp.dst.proto_ipv4 == ${nobody}` };

export class Capture {
  readonly #host: Space;
  readonly #dev: string;
  readonly #child: Child;
  readonly #file: string;

  private constructor(host: Space, dev: string, filter: string, file: string) {
    this.#host = host;
    this.#dev = dev;
    this.#child = host.start(['tshark', '-q', '-i', dev, '-f', `(${filter}) or (${lastPacket.captured})`, '-w', file]);
    this.#file = file;
  }

  /** Resolves when the capture runs. */
  static async start(host: Space, dev: string, filter: string, file: string): Promise<Capture> {
    const capture = new Capture(host, dev, filter, file);
    await capture.#child.line(/Capture started/);
    return capture;
  }

  /** Waits until the capture holds something that fits `filter` (Wireshark's display filter). */
  async holds(filter: string, millis = 20_000): Promise<void> {
    await eventually(`a packet ${filter}`, () => (this.read(filter, ['frame.number']).length > 0 ? true : undefined), millis);
  }

  /** Everything that passed before this call is in the file: a capture that is just ended loses what the kernel still held back. */
  async stop(): Promise<void> {
    this.#host.run('ip', 'neigh', 'replace', nobody, 'dev', this.#dev, 'use');
    await this.holds(lastPacket.displayed);
    await this.#child.stop('SIGINT');
  }

  /** One row per packet that fits, one cell per field; repeated fields joined by `,`. */
  read(filter: string, fields: readonly string[]): string[][] {
    const words = ['-r', this.#file, '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    try {
      const text = execFileSync('tshark', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      return text.split('\n').filter(Boolean).map((line) => line.split('\t'));
    } catch {
      // The file may end in the middle of a packet while the capture runs.
      return [];
    }
  }
}
