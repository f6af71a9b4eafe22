// The load generator alone, for benchmarks: `leasehold bench` without the rest of the program.

import { buildApplication, run } from '@stricli/core';
import { benchCommand } from '../../src/cli/bench/bench-command.ts';
import { cliContext } from '../../src/cli/cli-context.ts';

const application = buildApplication(benchCommand, {
  name: 'bench',
  scanner: { caseStyle: 'allow-kebab-for-camel' },
  documentation: { caseStyle: 'convert-camel-to-kebab' },
});
const context = cliContext();
await run(application, process.argv.slice(2), context);
process.exitCode = Number(context.process.exitCode ?? 0) === 0 ? 0 : 1;
