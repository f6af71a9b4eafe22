// Every command a running node takes over its control socket, as rows: the CLI, its help, OMAPI's control object and
// docs/commands.md come from this table.

/** How far a command reaches; `dangerous` ones say what they will do and need `yes: true`. */
export type CommandDanger = 'reads' | 'changes' | 'dangerous';

export interface CommandRow {
  readonly name: string;
  readonly danger: CommandDanger;
  /** Argument names, each optional unless it ends with `!`. */
  readonly arguments: readonly string[];
  /** One line, imperative. */
  readonly summary: string;
  /** For dangerous ones: what will happen, as a sentence an operator reads before saying yes. */
  readonly warning: string | undefined;
}

const row = (
  name: string,
  danger: CommandDanger,
  parameters: readonly string[],
  summary: string,
  warning?: string,
): CommandRow => ({ name, danger, arguments: parameters, summary, warning });

export const commandTable: readonly CommandRow[] = [
  row('stop', 'dangerous', [], 'Stop the server in good order', 'This node no longer answers anybody; a partner takes over.'),
  row('status', 'reads', [], 'Tell what this node does and why'),
  row('leases.list', 'reads', ['state', 'search', 'limit', 'from'], 'List leases, a part at a time: `next` in the answer is `from` of the following'),
  row('leases.show', 'reads', ['ip!'], 'Show one lease'),
  row(
    'leases.free',
    'dangerous',
    ['ip!'],
    'Free an address whose holder is gone',
    'The address may be given to another client at once. Make sure that its holder no longer uses it.',
  ),
  row('hosts.list', 'reads', ['search', 'limit', 'from'], 'List reserved hosts and their last contact, a part at a time'),
  row('hosts.put', 'changes', ['hosts!', 'replace'], 'Make hosts, or replace those that were made so'),
  row('hosts.remove', 'changes', ['name!'], 'Remove a host that was made while serving'),
  row('hosts.restore', 'changes', ['name!'], 'Let count again what lost a conflict, or serve a host of dhcpd.conf again that was deleted over OMAPI'),
  row('hosts.conflicts', 'reads', [], 'List hosts that the two nodes of a pair were told differently'),
  row('hosts.export', 'reads', [], 'Tell the hosts made while serving as declarations of dhcpd.conf'),
  row('hosts.settle', 'changes', ['name!'], 'Forget what lost a conflict about a host'),
  row('boot.choices', 'reads', ['machine'], 'List what was set for machines that boot from the network'),
  row('boot.set', 'changes', ['machine!', 'target!'], 'Let a machine boot its profile, or a named one, once (install), or from its own disk (local)'),
  row('boot.clear', 'changes', ['machine!'], 'Let a machine boot as its profile says again'),
  row('failover.status', 'reads', ['peer'], 'Tell the state of the failover pair and the next safe step'),
  row('failover.drift', 'reads', ['peer'], 'Tell where the configurations of the two nodes do not agree'),
  row(
    'failover.init',
    'dangerous',
    ['peer'],
    'Declare this pair new',
    'Both nodes will believe that no lease was ever given. Do this once, before the first start of a new pair.',
  ),
  row(
    'failover.partner-down',
    'dangerous',
    ['peer'],
    'Declare that the partner does not run',
    'After the MCLT this node gives out the partner’s addresses too. If the partner is alive but cut off, two clients can get one address.',
  ),
  row(
    'failover.recover',
    'dangerous',
    ['peer'],
    'Take everything from the partner again',
    'This node stops serving pool addresses until the partner has sent all its leases.',
  ),
  row(
    'failover.shutdown',
    'dangerous',
    ['peer'],
    'Hand over to the partner for a longer absence',
    'The partner takes over at once (partner-down); this node serves reserved hosts only until it is told to recover.',
  ),
  row(
    'failover.pause',
    'dangerous',
    ['peer', 'seconds'],
    'Hand over to the partner for a short absence',
    'This node serves reserved hosts only until it is resumed; the partner serves alone from its own addresses.',
  ),
  row(
    'failover.trust-plain',
    'dangerous',
    ['peer'],
    'Accept a plain connection from a partner that was secured before',
    'Leases will cross the network readable, and whoever can write into it can pretend to be the partner.',
  ),
  row('boot.files', 'reads', ['peer'], 'Tell in which boot files the two nodes of a pair differ'),
  row(
    'boot.sync',
    'dangerous',
    ['peer'],
    'Copy the partner’s boot files to this node',
    'Files here that have other content than the partner’s are replaced by the partner’s. Files that only this node has stay.',
  ),
  row('failover.resume', 'changes', ['peer'], 'Serve again after a pause'),
];

const byName = new Map(commandTable.map((command) => [command.name, command]));
export const commandNamed = (name: string): CommandRow | undefined => byName.get(name);

/** What a command answers. `problem` sentences end with the remedy. */
export type CommandAnswer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: 'unknown-command' | 'bad-argument' | 'not-found' | 'refused' | 'needs-yes';
      readonly problem: string;
    };

export const answered = (value: unknown): CommandAnswer => ({ ok: true, value });
export const refused = (
  code: Exclude<CommandAnswer, { ok: true }>['code'],
  problem: string,
): CommandAnswer => ({ ok: false, code, problem });
