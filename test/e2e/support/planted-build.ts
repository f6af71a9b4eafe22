// The program with a core that breaks an invariant on two clients' packets: before, and after the step changed something.

import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleOptions } from '../../../tools/bundle-options.ts';

export const plantedMac = { untouched: '02:00:00:00:de:01', halfWay: '02:00:00:00:de:02' } as const;

const root = join(import.meta.dirname, '../../..');

/** Evaluated before main.ts, which runs the program while it is being imported. */
const plant = `
import { InvariantError } from './std/assert.ts';
import { LeaseholdNode } from './node/node.ts';

const step = LeaseholdNode.prototype.step;
const lastBytes = (view) => view.slot.subarray(view.start + 32, view.start + 34).join();
LeaseholdNode.prototype.step = function (event, effects) {
  const planted = event.kind === 'packet' ? lastBytes(event.packet.view) : '';
  if (planted === '222,1') throw new InvariantError('planted');
  step.call(this, event, effects);
  if (planted === '222,2') throw new InvariantError('planted');
};
`;

/** Beside the real bundle, because koffi is found from there. */
export async function buildPlanted(): Promise<{ readonly path: string; remove(): void }> {
  const path = join(root, 'dist', `planted-${process.pid}.mjs`);
  await build({
    ...bundleOptions,
    stdin: { contents: "import 'plant'; import './main.ts';", resolveDir: join(root, 'src') },
    outfile: path,
    logLevel: 'error',
    plugins: [
      {
        name: 'plant',
        setup(builder) {
          builder.onResolve({ filter: /^plant$/ }, () => ({ path: 'plant', namespace: 'plant' }));
          builder.onLoad({ filter: /.*/, namespace: 'plant' }, () => ({ contents: plant, resolveDir: join(root, 'src') }));
        },
      },
    ],
  });
  return { path, remove: () => rmSync(path, { force: true }) };
}
