// The demo's play: the brief's pair comes up, seven machines and a stranger boot, one node dies and comes back, twice.

import { execFileSync } from 'node:child_process';
import type { Screen } from './screen.ts';
import type { DemoNode, Given, Machine, NodeKind, Stage } from './stage.ts';

export interface PlaySettings {
  /** `dhcpd.conf` of each node, secrets already replaced. */
  readonly configs: readonly [primary: string, secondary: string];
  /** Kind of each node; one node alone is a pair of one. */
  readonly kinds: readonly NodeKind[];
  readonly isVerbose: boolean;
}

const addresses = ['192.168.50.80/24', '192.168.50.81/24'] as const;
/** The brief's names that would need a resolver. */
const hosts = '127.0.0.1 localhost\n192.168.50.30 time.unisza.edu.my\n';
const stranger = { name: 'stranger', mac: '52:54:00:99:99:99' } as const;
const bootMillis = 15_000;
const failoverMillis = 60_000;
const forever = '4294967295';
/** Lines worth showing as they come. */
const newsworthy = /failover peer|Both servers|unknown client/;

const machineLine = /host\s+(\S+)\s*\{[^}]*hardware ethernet\s+(\S+?);[^}]*fixed-address\s+(\S+?);/g;
/** The machines that a configuration declares. */
export const machinesOf = (config: string): { name: string; mac: string; ip: string }[] =>
  [...config.matchAll(machineLine)].map(([, name = '', mac = '', ip = '']) => ({ name, mac, ip }));

export class Play {
  /** What should have happened and did not. */
  readonly failures: string[] = [];
  readonly #stage: Stage;
  readonly #screen: Screen;
  readonly #settings: PlaySettings;
  readonly #nodes: DemoNode[];
  readonly #machines: readonly { readonly machine: Machine; readonly ip: string }[];
  readonly #stranger: Machine;

  constructor(stage: Stage, screen: Screen, settings: PlaySettings) {
    this.#stage = stage;
    this.#screen = screen;
    this.#settings = settings;
    this.#nodes = settings.kinds.map((kind, index) => this.#node(kind, index));
    this.#machines = machinesOf(settings.configs[0]).map(({ name, mac, ip }) => ({ machine: stage.machine(name, mac), ip }));
    this.#stranger = stage.machine(stranger.name, stranger.mac);
  }

  #node(kind: NodeKind, index: number): DemoNode {
    const name = `dhcp0${index + 1}`;
    const { configs, isVerbose } = this.#settings;
    const onLine = (line: string): void => {
      if (isVerbose || newsworthy.test(line)) this.#screen.log(name, line);
    };
    return this.#stage.node({ name, kind, cidr: addresses[index] ?? '', config: configs[index] ?? '', hosts, onLine });
  }

  async run(): Promise<void> {
    this.#check();
    await this.#startNodes();
    await this.#bootAll('The cluster boots: every machine asks with udhcpc');
    await this.#bootStranger();
    const [primary, secondary] = this.#nodes;
    if (primary === undefined || secondary === undefined) return;
    await this.#outage(primary, secondary, 'SIGTERM', 'dhcp01 is stopped, as for maintenance');
    await this.#outage(primary, secondary, 'SIGKILL', 'dhcp01 dies (kill -9)');
  }

  #expect(isSo: boolean, text: string): void {
    if (isSo) this.#screen.good(text);
    else {
      this.#screen.bad(text);
      this.failures.push(text);
    }
  }

  /** The brief's configuration has flaws that a demo must not hide. */
  #check(): void {
    this.#screen.scene('What `leasehold check` says about this configuration');
    const [first, second] = this.#nodes;
    const words = [...process.execArgv, process.argv[1] ?? '', 'check', ...(second === undefined ? [] : ['--peer', second.configFile]), first?.configFile ?? ''];
    const titles = findingsOf(words);
    for (const title of titles.slice(0, 8)) this.#screen.warn(title);
    if (titles.length > 8) this.#screen.say(`… and ${titles.length - 8} more: leasehold check --peer examples/brief/dhcp02.conf examples/brief/dhcp01.conf`);
  }

  async #startNodes(): Promise<void> {
    const what = this.#nodes.map(({ name, kind, address }) => `${name} (${kind === 'isc' ? 'ISC dhcpd' : 'Leasehold'}, ${address})`);
    this.#screen.scene(`Starting ${what.join(' and ')}`);
    const [first, second] = this.#nodes;
    await first?.start();
    if (first !== undefined && second !== undefined) {
      // Why the order differs: dhcpd waits an MCLT when it meets a partner that still does; a Leasehold takes it over.
      if (second.kind === 'isc') this.#declareNew(first);
      await second.start();
      if (second.kind === 'leasehold') {
        await first.saw(/peer update completed|I move from startup/, 0, failoverMillis);
        this.#declareNew(first);
      }
    }
    this.#screen.good('serving');
    if (second !== undefined) await this.#bothNormal(0);
  }

  #declareNew(node: DemoNode): void {
    this.#screen.say('both lease files are empty: only an operator knows that this pair is new, so it says: leasehold failover init');
    node.command('failover', 'init', '--yes');
  }

  async #bothNormal(from: number): Promise<void> {
    const seen = await this.#nodes[0]?.saw(/Both servers normal/, from, failoverMillis);
    this.#expect(seen !== undefined, 'the pair is in both-normal');
  }

  async #bootAll(title: string): Promise<void> {
    this.#screen.scene(title);
    await Promise.all(
      this.#machines.map(async ({ machine, ip }) => {
        const given = await machine.boot(bootMillis);
        this.#expect(given?.['ip'] === ip && this.#isEndless(given), this.#describe(machine, given));
      }),
    );
  }

  /** ISC's server ends every lease in 2038; that one is not ours to promise. */
  #isEndless(given: Given): boolean {
    const by = this.#nodes.find(({ address }) => address === given['serverid']);
    return by?.kind === 'isc' || given['lease'] === forever;
  }

  #describe({ name, mac }: Machine, given: Given | undefined): string {
    if (given === undefined) return `${name.padEnd(10)} ${mac}  nothing`;
    const by = this.#nodes.find(({ address }) => address === given['serverid'])?.name ?? given['serverid'] ?? '?';
    const term = given['lease'] === forever ? 'for ever' : `for ${given['lease'] ?? '?'} s`;
    const boot = `${given['boot_file'] ?? given['bootfile'] ?? 'no boot file'} from ${given['siaddr'] ?? '?'}`;
    return `${name.padEnd(10)} ${mac}  ${given['ip'] ?? '?'} ${term}, named ${given['hostname'] ?? '–'}, router ${given['router'] ?? '–'}, DNS ${given['dns'] ?? '–'}, ${boot}; by ${by}`;
  }

  async #bootStranger(): Promise<void> {
    this.#screen.scene('A machine that nobody declared asks too');
    const given = await this.#stranger.boot(bootMillis, '-n', '-t', '2');
    this.#expect(given === undefined, `${stranger.name.padEnd(10)} ${stranger.mac}  ${given === undefined ? 'gets nothing' : `got ${given['ip'] ?? '?'}`}`);
    const reasons = this.#nodes.flatMap(({ name, lines }) => lines.filter((line) => line.includes(stranger.mac)).slice(-1).map((line) => `${name}: ${line}`));
    for (const reason of reasons) this.#screen.say(`because  ${reason}`);
    this.#expect(reasons.some((line) => /unknown client/.test(line)), 'the log says why');
  }

  async #outage(node: DemoNode, other: DemoNode, signal: 'SIGTERM' | 'SIGKILL', title: string): Promise<void> {
    this.#screen.scene(title);
    const from = other.lineCount;
    await node.stop(signal);
    const moved = await other.saw(/I move from normal to (communications-interrupted|partner-down)/, from, failoverMillis);
    this.#expect(moved !== undefined, `${other.name} noticed${moved === undefined ? '' : `: ${moved.replace(/^.*: /, '')}`}`);
    await this.#bootAll(`Every machine boots again; only ${other.name} is there`);
    this.#screen.scene(`${node.name} comes back, without a word from an operator`);
    const again = other.lineCount;
    await node.start();
    const isNormal = await other.saw(/I move from \S+ to normal|Both servers normal/, again, failoverMillis);
    this.#expect(isNormal !== undefined, 'the pair is back in both-normal');
  }
}

/** The finding's own line of each problem that `check` prints. */
function findingsOf(words: readonly string[]): string[] {
  let text: string;
  try {
    text = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    // Problems found is status 1.
    text = String((error as { stdout?: unknown }).stdout ?? '');
  }
  return text
    .split('\n')
    .filter((line) => /^\S+:\d+:\d+:? (error|warning|note)/.test(line))
    .map((line) => line.replace(/^\S*\/(?=[^/]+:\d+:\d+)/, ''));
}
