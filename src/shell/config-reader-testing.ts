// Test support: a thread that does what its order's configuration path says.

import { parentPort, workerData } from 'node:worker_threads';
import { answerReadOrder, type ReadOrder } from './config-thread.ts';
import { err, ok } from '../std/result.ts';

const order = workerData as ReadOrder;
const behaviours: Readonly<Record<string, () => void>> = {
  read: () => answerReadOrder(({ leasePath }) => () => ok({ config: { title: leasePath } as never, remarks: ['a remark'] })),
  refuse: () => answerReadOrder(() => () => err({ lines: ['line 1', 'line 2'], summary: 'line 1 (and 1 more error)' })),
  'another version': () => parentPort?.postMessage({ kind: 'other-version', version: '9.9' }, []),
  break: () => answerReadOrder(() => () => { throw new Error('a defect of the reader'); }),
  end: () => {},
  'exit at once': () => process.exit(3),
  wait: () => void setInterval(() => {}, 1_000),
};
behaviours[order.settings.configPath]?.();
