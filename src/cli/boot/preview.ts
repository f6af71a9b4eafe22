// `leasehold boot preview`: what a machine would be told and given at each stage of a boot from the network. The server's own engine
// answers and its own file server finds the files, both on paper.

import { fromLatin1, toHex } from '../../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { misfit } from '../../boot/loader-fit.ts';
import { MachineFiles } from '../../boot/machine-files.ts';
import { bootDeskFor, declaredMachines } from '../../boot/profile-desk.ts';
import { bootDefaults } from '../../config/boot-settings.ts';
import { chosenProfile, colonsOf, isDiskBoot } from '../../model/boot-choice.ts';
import type { BootClient } from '../../model/boot-desk.ts';
import { profileOf } from '../../model/boot-match.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { dhcpAt, dhcpSize, DhcpView, messageType } from '../../wire/dhcp-view.ts';
import type { ExitStatus } from '../cli-context.ts';
import { messageOf } from '../explain/client-message.ts';
import { prepare, type ExplainArgs, type ExplainCli, type Prepared } from '../explain/explain.ts';
import { outcomeOf } from '../explain/outcome.ts';
import type { Described, Question } from '../explain/question.ts';
import { rehearse } from '../explain/rehearsal.ts';
import { choicePhrase } from './choice-lines.ts';
import { filesIn, loaderKindOf, wishesOf, type LoaderKind } from './loaders.ts';

export const firmwareKinds = {
  bios: { title: 'BIOS firmware', vendorClass: 'PXEClient:Arch:00000:UNDI:002001', architecture: 0 },
  x64: { title: 'UEFI firmware, x86-64', vendorClass: 'PXEClient:Arch:00007:UNDI:003000', architecture: 7 },
  arm64: { title: 'UEFI firmware, 64-bit ARM', vendorClass: 'PXEClient:Arch:00011:UNDI:003000', architecture: 11 },
  http: { title: 'UEFI HTTP boot, x86-64', vendorClass: 'HTTPClient:Arch:00016:UNDI:003000', architecture: 16 },
} as const;
export type FirmwareKind = keyof typeof firmwareKinds;

/** A file as the file server would find it, or why it would not serve it. */
export type Finding =
  | { readonly isThere: true; readonly from: string; readonly size: number; readonly text: string | undefined }
  /** `near`: a file whose name differs only in letter case. */
  | { readonly isThere: false; readonly problem: string; readonly near?: string };

export interface PreviewCli extends ExplainCli {
  /** `machines` makes what is not on disk; text is read of small files only. */
  find(config: ServerConfig, machines: MachineFiles, name: string, node: Ipv4): Promise<Finding>;
}
export interface PreviewArgs extends Omit<ExplainArgs, 'subject' | 'hex'>, Pick<Described, 'who' | 'relay' | 'on'> {
  readonly firmware: readonly FirmwareKind[];
}

interface FileStep {
  readonly kind: 'file';
  readonly name: string;
  readonly finding: Finding;
}
/** What a DHCP answer says: to firmware, or to iPXE that it loaded. */
interface DhcpStep {
  readonly kind: 'dhcp';
  readonly by: string;
  readonly outcome: string;
  readonly server: string;
  readonly file: string;
}
interface NoteStep {
  readonly kind: 'note' | 'problem';
  readonly text: string;
}
type Step = FileStep | DhcpStep | NoteStep;
export interface Preview {
  readonly firmware: FirmwareKind;
  readonly profile: string;
  readonly steps: readonly Step[];
}

const textUpToNul = (bytes: Uint8Array): string => fromLatin1(bytes).split('\0')[0] ?? '';
const isBad = (step: Step): boolean => step.kind === 'problem' || (step.kind === 'file' && !step.finding.isThere);

/** One way through: each stage adds steps and says what comes next. */
class Walk {
  readonly steps: Step[] = [];
  profile = '';
  readonly #question: Question;
  readonly #store: LeaseStore;
  readonly #cli: PreviewCli;
  readonly #firmware: FirmwareKind;
  readonly #giaddr: Ipv4;
  readonly #machines = new MachineFiles();

  constructor(prepared: Prepared, cli: PreviewCli, firmware: FirmwareKind, giaddr: Ipv4) {
    this.#giaddr = giaddr;
    this.#question = prepared.question;
    this.#store = prepared.store;
    this.#cli = cli;
    this.#firmware = firmware;
    this.#machines.setProfiles(prepared.question.config.leasehold.boot?.profiles ?? []);
    for (const machine of declaredMachines(prepared.question.config)) this.#machines.put(machine);
    for (const choice of prepared.store.bootChoices.values()) this.#machines.choose(choice);
  }

  async run(): Promise<void> {
    if (this.#question.config.leasehold.boot === undefined)
      this.steps.push({ kind: 'note', text: `no boot block in leasehold.conf: this server serves no files; they are looked for in ${bootDefaults.root}` });
    this.#tellChoice();
    await this.#dhcp(false);
  }

  #tellChoice(): void {
    const choice = this.#store.bootChoices.get(toHex(this.#question.identity.hardware));
    const phrase = choice === undefined ? '' : choicePhrase(choice);
    if (phrase !== '') this.steps.push({ kind: 'note', text: `${colonsOf(choice?.mac ?? '')} ${phrase}` });
  }

  async #dhcp(isIpxe: boolean): Promise<void> {
    const { config, subnet, own, identity, path } = this.#question;
    const { title, vendorClass, architecture } = firmwareKinds[this.#firmware];
    const client = { ...identity, giaddr: this.#giaddr, vendorClass, architecture, ...(isIpxe ? { userClass: 'iPXE' } : {}) };
    const packet = messageOf(client, { kind: 'discover', address: 0 as Ipv4, serverId: 0 as Ipv4 });
    let met: BootClient | undefined;
    const bootFor = (served: ServerConfig) => {
      const desk = bootDeskFor(served, this.#store.bootChoices);
      return desk && { firstFileOf: (who: BootClient) => desk.firstFileOf((met = who)), acknowledged: () => {} };
    };
    const explanation = rehearse({ config, packet, path, subnet, own, now: this.#cli.now, bootFor }, this.#store);
    const { reply } = explanation;
    const outcome = outcomeOf(explanation, messageType.discover).text;
    const by = isIpxe ? 'iPXE' : title;
    if (reply === undefined) {
      this.steps.push({ kind: 'problem', text: `${by}: ${outcome}` });
      return;
    }
    const view = new DhcpView(reply);
    view.check(reply.length);
    const file = textUpToNul(reply.subarray(dhcpAt.file, dhcpAt.file + dhcpSize.file));
    this.#learn(met, view.yiaddr);
    this.steps.push({ kind: 'dhcp', by, outcome, server: view.siaddr === 0 ? '' : formatIpv4(view.siaddr), file });
    if (file === '') this.steps.push({ kind: 'problem', text: 'no boot file: dhcpd.conf gives no filename, and the machine has no boot profile, or none with a loader for its firmware' });
    else await this.#fetch(file, view, isIpxe);
  }

  /** What an ACK would tell the file server. */
  #learn(met: BootClient | undefined, ip: Ipv4): void {
    if (met === undefined) return;
    const mac = toHex(met.mac);
    const choice = this.#store.bootChoices.get(mac);
    const profile = profileOf(this.#question.config.leasehold.boot?.profiles ?? [], met)?.name ?? '';
    this.profile = isDiskBoot(choice) ? '' : chosenProfile(choice) || profile;
    this.#machines.put({ mac, hostName: met.hostName, ip: formatIpv4(ip), profile });
  }

  async #fetch(file: string, view: DhcpView, isIpxe: boolean): Promise<void> {
    const { leasehold: { boot } } = this.#question.config;
    const [, host = '', port = '80', path = ''] = /^http:\/\/([^/:]+)(?::(\d+))?\/(.*)$/.exec(file) ?? [];
    const node = host === '' ? formatIpv4(view.siaddr) : host;
    if (/^\w+:\/\//.test(file) && Number(port) !== (boot ?? bootDefaults).httpPort) {
      this.steps.push({ kind: 'note', text: `${file} is no URL of this server: not looked at` });
      return;
    }
    if (node !== formatIpv4(this.#question.own))
      this.steps.push({ kind: 'note', text: `files come from ${node}; they are looked for on this machine` });
    const name = host === '' ? file : path;
    const kind = loaderKindOf(name);
    const wrong = isIpxe && kind === 'ipxe' ? undefined : misfit(name, this.#firmware === 'bios' ? 'bios' : 'uefi');
    if (wrong !== undefined) {
      this.steps.push({ kind: 'problem', text: wrong });
      return;
    }
    const first = await this.#look(name);
    if (first === undefined) return;
    if (kind === 'ipxe' && !isIpxe) await this.#dhcp(true);
    else if (kind === 'ipxe') this.steps.push({ kind: 'problem', text: 'iPXE is told to load iPXE again, and so on for ever: give clients of user class iPXE a script' });
    else if (kind === 'script') await this.#fetchAll(filesIn(kind, name, first));
    else if (kind === 'unknown') this.steps.push({ kind: 'note', text: `what ${name} asks for next is not known here` });
    else await this.#configure(kind, name, view.yiaddr);
  }

  async #configure(kind: LoaderKind, loader: string, ip: Ipv4): Promise<void> {
    const { needed, oneOf } = wishesOf(kind, loader, this.#question.identity.hardware, ip);
    await this.#fetchAll(needed);
    const near: string[] = [];
    for (const name of oneOf) {
      const finding = await this.#find(name);
      if (!finding.isThere && finding.near !== undefined) near.push(`${finding.near} differs from ${name} only in letter case`);
      if (!finding.isThere && finding.problem === 'not there') continue;
      this.steps.push({ kind: 'file', name, finding });
      if (finding.isThere) await this.#fetchAll(filesIn(kind, name, finding.text ?? ''));
      return;
    }
    this.steps.push({ kind: 'problem', text: `no configuration for ${loader}: neither ${oneOf[0] ?? ''} nor any of the ${oneOf.length - 1} names behind it, ${oneOf.at(-1) ?? ''} being the last${near.map((each) => `; ${each}`).join('')}` });
  }

  async #fetchAll(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#look(name);
  }
  /** Its text, empty for what is no text; undefined when it is not served. */
  async #look(name: string): Promise<string | undefined> {
    const finding = await this.#find(name);
    this.steps.push({ kind: 'file', name, finding });
    return finding.isThere ? (finding.text ?? '') : undefined;
  }
  #find(name: string): Promise<Finding> {
    return this.#cli.find(this.#question.config, this.#machines, name, this.#question.own);
  }
}

/** 0: it would boot, as far as can be seen. 1: something is missing. 2: could not run. */
export async function runPreview(args: PreviewArgs, cli: PreviewCli): Promise<ExitStatus> {
  const { who, relay, on, firmware: kinds, ...rest } = args;
  const subject: Described = { who, message: 'discover', client: {}, ...(relay === undefined ? {} : { relay }), ...(on === undefined ? {} : { on }) };
  const prepared = prepare({ ...rest, subject, hex: false }, cli);
  if (!prepared.ok) {
    cli.err(prepared.error);
    return 2;
  }
  const previews: Preview[] = [];
  for (const firmware of kinds) {
    const walk = new Walk(prepared.value, cli, firmware, relay ?? (0 as Ipv4));
    await walk.run();
    previews.push({ firmware, profile: walk.profile, steps: walk.steps });
  }
  if (args.json) cli.out(JSON.stringify(previews, undefined, 2));
  else cli.out(previews.map((preview) => textOf(toHex(prepared.value.question.identity.hardware, ':'), preview)).join('\n\n'));
  return previews.some(({ steps }) => steps.some(isBad)) ? 1 : 0;
}

function textOf(mac: string, { firmware, profile, steps }: Preview): string {
  const head = `${mac}, ${firmwareKinds[firmware].title}${profile === '' ? '' : `, profile ${profile}`}`;
  return [head, ...steps.flatMap(linesOf)].join('\n');
}
function linesOf(step: Step): string[] {
  switch (step.kind) {
    case 'dhcp': return [`  DHCP     ${step.by}: ${step.outcome}, ${step.file === '' ? 'no file' : `file ${step.file}`}${step.server === '' ? '' : ` from ${step.server}`}`];
    case 'note': return [`  note     ${step.text}`];
    case 'problem': return [`  PROBLEM  ${step.text}`];
    case 'file': {
      const { name, finding } = step;
      if (!finding.isThere) return [`  PROBLEM  ${name}: ${finding.problem}${finding.near === undefined ? '' : `; ${finding.near} differs only in letter case`}`];
      const shown = finding.text === undefined ? [] : finding.text.trimEnd().split('\n').map((line) => `           | ${line}`);
      return [`  file     ${name}: ${finding.size} bytes, ${finding.from}`, ...shown];
    }
  }
}
