// `leasehold failover …`: see and steer the pair.

import { buildCommand, buildRouteMap, type Command as CliCommand } from '@stricli/core';
import { commandNamed } from '../control/command-table.ts';
import type { CliContext } from './cli-context.ts';
import { ask, controlFlags, isAgreed, type ControlFlags } from './server-answer.ts';
import { drillCommand } from './drill/drill-command.ts';
import { renderFailover } from './render-failover.ts';
import { renderValue } from './render-value.ts';

function peerCommand(name: string): CliCommand<CliContext> {
  const row = commandNamed(`failover.${name}`);
  return buildCommand<ControlFlags & { readonly yes: boolean }, [peer?: string], CliContext>({
    docs: { brief: row?.summary ?? name },
    parameters: {
      flags: { ...controlFlags, yes: { kind: 'boolean', brief: 'Do not ask', default: false } },
      positional: {
        kind: 'tuple',
        parameters: [{ parse: String, brief: 'Name of the failover peer; not needed when there is one', optional: true, placeholder: 'peer' }],
      },
    },
    async func(flags, peer) {
      if (row === undefined || !(await isAgreed(this, row, flags.yes))) return;
      const parameters = { ...(peer === undefined ? {} : { peer }), ...(row.danger === 'dangerous' ? { yes: true } : {}) };
      await ask(this, flags, row.name, parameters, name === 'status' ? renderFailover : renderValue);
    },
  });
}

export const failoverRoutes = buildRouteMap({
  docs: { brief: 'See and steer the failover pair' },
  routes: {
    status: peerCommand('status'),
    init: peerCommand('init'),
    'partner-down': peerCommand('partner-down'),
    recover: peerCommand('recover'),
    shutdown: peerCommand('shutdown'),
    pause: peerCommand('pause'),
    resume: peerCommand('resume'),
    'trust-plain': peerCommand('trust-plain'),
    drill: drillCommand,
  },
});
