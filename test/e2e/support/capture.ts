// What passed an interface, captured and dissected by tshark.

import { execFileSync } from 'node:child_process';
import type { Child } from '../../../src/cli/lab/child.ts';
import { eventually } from '../../../src/cli/lab/child.ts';
import type { Space } from './namespaces.ts';

export class Capture {
  readonly #child: Child;
  readonly #file: string;

  private constructor(child: Child, file: string) {
    this.#child = child;
    this.#file = file;
  }

  /** Resolves when the capture runs. */
  static async start(host: Space, dev: string, filter: string, file: string): Promise<Capture> {
    const child = host.start(['tshark', '-q', '-i', dev, '-f', filter, '-w', file]);
    await child.line(/Capturing on|Capture started/i);
    return new Capture(child, file);
  }

  /** Waits until the capture holds something that fits `filter` (Wireshark's display filter). */
  async holds(filter: string, millis = 20_000): Promise<void> {
    await eventually(`a packet ${filter}`, () => (this.read(filter, ['frame.number']).length > 0 ? true : undefined), millis);
  }

  async stop(): Promise<void> {
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
