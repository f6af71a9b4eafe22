// `leasehold failover drill`: rehearses an outage of a running pair under synthetic clients, and says how long nobody was served.

import { buildCommand } from '@stricli/core';
import { SystemError } from '../../shell/libc.ts';
import type { CliContext } from '../cli-context.ts';
import { controlPathFrom, sendCommand } from '../control-client.ts';
import { wholeIn } from '../flag-values.ts';
import { renderValue } from '../render-value.ts';
import { Drill, outages, type DrillNode, type DrillReport, type Outage } from './drill.ts';
import { macPrefix, Pulse } from './pulse.ts';

interface DrillFlags {
  readonly interface: string;
  readonly control: string | undefined;
  readonly partnerControl: string | undefined;
  readonly outage: Outage;
  readonly seconds: number;
  readonly clients: number;
  readonly yes: boolean;
  readonly json: boolean;
}

const nodesOf = (flags: DrillFlags): DrillNode[] => {
  const node = (label: string, path: string): DrillNode => ({ label, send: (name, parameters) => sendCommand(path, name, parameters) });
  return [
    node('this node', controlPathFrom(flags.control, process.env)),
    ...(flags.partnerControl === undefined ? [] : [node('the partner', flags.partnerControl)]),
  ];
};

/** What an operator reads before saying yes. */
function announcement({ interface: dev, clients, seconds, outage, partnerControl }: DrillFlags): string {
  const { partners } = outages[outage];
  const both = partnerControl === undefined ? 'The node' : 'One node after the other';
  const kill = outages[outage].endsBySelf
    ? 'Should this program be killed, the node serves again by itself 30 s later.'
    : 'Should this program be KILLED meanwhile, say leasehold failover recover on that node.';
  return [
    `${clients} synthetic clients (${macPrefix}…) on ${dev} want an address five times a second, and hold up to ${2 * clients} addresses of the pools until the end, when they are released.`,
    `${both} hands over (${outage}) for ${seconds} s: it serves reserved hosts only, the partner is in ${partners}. If the partner dies in this time, nobody serves the pools until the node is back.`,
    `Ctrl-C ends the drill early and undoes everything. ${kill}`,
  ].join('\n');
}

const render = ({ steps, problems, secondsWithoutService, outage }: DrillReport): readonly string[] => [
  ...renderValue(steps.map(({ node, step, probes, served, secondsWithoutService: without, longestMillis, servedBy }) => ({
    node, step, asked: probes, served, 'without service': `${without} s`, 'longest wait': `${longestMillis} ms`,
    'served by': Object.entries(servedBy).map(([server, count]) => `${server}: ${count}`).join(', '),
  }))),
  `${secondsWithoutService} s without service (${outage})`,
  ...problems.map((problem) => `PROBLEM: ${problem}`),
];

export const drillCommand = buildCommand<DrillFlags, [peer?: string], CliContext>({
  docs: {
    brief: 'Rehearse an outage of the pair under synthetic clients, and say how long nobody was served',
    fullDescription:
      'Rehearse an outage of the pair under synthetic clients, and say how long nobody was served.\n' +
      'Run it as root on a third machine in the network of the clients (docs/drill.md): --interface is where they are,\n' +
      '--control and --partner-control are the control sockets of the nodes, forwarded by ssh -L. With both, one node\n' +
      'after the other hands over. Everything is undone at the end, and when the drill is interrupted.',
  },
  parameters: {
    flags: {
      interface: { kind: 'parsed', parse: String, brief: 'Where the synthetic clients are', placeholder: 'NAME' },
      control: { kind: 'parsed', parse: String, brief: 'Control socket of the node that hands over', optional: true, placeholder: 'PATH' },
      partnerControl: { kind: 'parsed', parse: String, brief: 'Control socket of the other node, to hand over afterwards', optional: true, placeholder: 'PATH' },
      outage: { kind: 'enum', values: ['pause', 'shutdown'], brief: 'A short absence, or a long one (the partner goes to partner-down)', default: 'pause' },
      seconds: { kind: 'parsed', parse: wholeIn(1, 600), brief: 'Seconds of the outage', default: '10', placeholder: 'SECONDS' },
      clients: { kind: 'parsed', parse: wholeIn(6, 64), brief: 'Synthetic clients', default: '8', placeholder: 'COUNT' },
      yes: { kind: 'boolean', brief: 'Do not ask', default: false },
      json: { kind: 'boolean', brief: 'Print one JSON object', default: false, withNegated: false },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'Name of the failover peer; not needed when there is one', optional: true, placeholder: 'peer' }],
    },
  },
  async func(flags, peer) {
    this.err(announcement(flags));
    if (!flags.yes && !(await this.confirm('Do it?'))) {
      this.err('leasehold: nothing was done; say --yes to do it without being asked');
      this.exit(1);
      return;
    }
    await runDrill(flags, peer, this);
  },
});

async function runDrill(flags: DrillFlags, peer: string | undefined, cli: CliContext): Promise<void> {
  let clients: Pulse;
  try {
    clients = new Pulse(flags.interface, flags.clients);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    cli.err(`leasehold failover drill: ${error.message}${error.code === 'EPERM' ? ' (frames of other clients need root, or CAP_NET_RAW)' : ''}`);
    cli.exit(2);
    return;
  }
  const { outage, seconds } = flags;
  const drill = new Drill(nodesOf(flags), clients, { peer, outage, seconds }, (text) => cli.err(text));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (): void => drill.abort();
  for (const signal of signals) process.on(signal, stop);
  try {
    const report = await drill.run();
    if (flags.json) cli.out(JSON.stringify({ ok: report.problems.length === 0, value: report }));
    else for (const line of render(report)) cli.out(line);
    cli.exit(report.problems.length === 0 ? 0 : 1);
  } finally {
    for (const signal of signals) process.off(signal, stop);
    clients.close();
  }
}
