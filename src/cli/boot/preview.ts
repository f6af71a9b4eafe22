// `leasehold boot preview`: what a machine would be told and given at each stage of a boot from the network. The server's own engine
// answers and its own file server finds the files, both on paper.

import { fromLatin1, toHex } from '../../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { misfit } from '../../model/loader-fit.ts';
import { MachineFiles } from '../../boot/machine-files.ts';
import { packageHint } from '../../boot/packaged-loaders.ts';
import { bootDeskFor, declaredMachines } from '../../boot/profile-desk.ts';
import { bootDefaults } from '../../config/boot-settings.ts';
import { chosenProfile, colonsOf, isDiskBoot } from '../../model/boot-choice.ts';
import type { BootAnswer, BootClient, BootDesk } from '../../model/boot-desk.ts';
import { profileOf } from '../../model/boot-match.ts';
import { architectureTitle, firmwareOf, firmwareRows } from '../../model/firmware.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { optionCode } from '../../wire/option-codes.ts';
import { dhcpAt, dhcpSize, DhcpView, messageType } from '../../wire/dhcp-view.ts';
import type { ExitStatus } from '../cli-context.ts';
import { messageOf } from '../explain/client-message.ts';
import { prepare, type ExplainArgs, type ExplainCli, type Prepared } from '../explain/explain.ts';
import { outcomeOf } from '../explain/outcome.ts';
import type { Described, Question } from '../explain/question.ts';
import { rehearse } from '../explain/rehearsal.ts';
import { vendorClassOf, type Booter } from './booter.ts';
import { choicePhrase } from './choice-lines.ts';
import type { Probe } from './probe-url.ts';
import { filesIn, loaderKindOf, urlsIn, wishesOf, type LoaderKind } from './loaders.ts';

/** A file as the file server would find it, or why it would not serve it. */
export type Finding =
  | { readonly isThere: true; readonly from: string; readonly size: number; readonly text: string | undefined }
  /** `near`: a file whose name differs only in letter case. */
  | { readonly isThere: false; readonly problem: string; readonly near?: string };

export interface PreviewCli extends ExplainCli {
  /** `machines` makes what is not on disk; text is read of small files only. */
  find(config: ServerConfig, machines: MachineFiles, name: string, node: Ipv4): Promise<Finding>;
  /** A URL of another server. */
  probe(url: string): Promise<Probe>;
}
export interface PreviewArgs extends Omit<ExplainArgs, 'subject' | 'hex'>, Pick<Described, 'who' | 'relay' | 'on'> {
  readonly firmware: readonly Booter[];
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
/** Of another server. */
interface UrlStep extends Probe {
  readonly kind: 'url';
  readonly url: string;
}
type Step = FileStep | DhcpStep | NoteStep | UrlStep;
export interface Preview {
  /** As in `Booter`. */
  readonly firmware: string;
  /** In words. */
  readonly title: string;
  readonly profile: string;
  readonly steps: readonly Step[];
}

const urlPattern = /^http:\/\/([^/:]+)(?::(\d+))?\/(.*)$/;

const textUpToNul = (bytes: Uint8Array): string => fromLatin1(bytes).split('\0')[0] ?? '';
const isBad = (step: Step): boolean =>
  step.kind === 'problem' || (step.kind === 'file' && !step.finding.isThere) || (step.kind === 'url' && !step.isGood);

/** One way through: each stage adds steps and says what comes next. */
class Walk {
  readonly steps: Step[] = [];
  profile = '';
  readonly #question: Question;
  readonly #store: LeaseStore;
  readonly #cli: PreviewCli;
  readonly #firmware: Booter;
  readonly #giaddr: Ipv4;
  readonly #machines = new MachineFiles();

  constructor(prepared: Prepared, cli: PreviewCli, firmware: Booter, giaddr: Ipv4) {
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
    const { architecture, isHttp } = this.#firmware;
    const client = { ...identity, giaddr: this.#giaddr, vendorClass: vendorClassOf(this.#firmware), architecture, ...(isIpxe ? { userClass: 'iPXE' } : {}) };
    const packet = messageOf(client, { kind: 'discover', address: 0 as Ipv4, serverId: 0 as Ipv4 });
    let met: BootClient | undefined;
    let answer: BootAnswer | undefined;
    const bootFor = (served: ServerConfig): BootDesk | undefined => {
      const desk = bootDeskFor(served, this.#store.bootChoices);
      return desk && { answerFor: (who, named) => (answer = desk.answerFor((met = who), named)), replied: () => {}, isAwaiting: false, systemUp: () => {} };
    };
    const explanation = rehearse({ config, packet, path, subnet, own, now: this.#cli.now, bootFor }, this.#store);
    const { reply } = explanation;
    const outcome = outcomeOf(explanation, messageType.discover).text;
    const by = isIpxe ? 'iPXE' : architectureTitle(architecture);
    if (reply === undefined) {
      this.steps.push({ kind: 'problem', text: `${by}: ${outcome}` });
      return;
    }
    // A view reads options of requests only.
    const view = new DhcpView(Uint8Array.of(1, ...reply.subarray(1)));
    view.check(reply.length);
    const file = textUpToNul(reply.subarray(dhcpAt.file, dhcpAt.file + dhcpSize.file));
    this.#learn(met, view.yiaddr);
    this.steps.push({ kind: 'dhcp', by, outcome, server: view.siaddr === 0 ? '' : formatIpv4(view.siaddr), file });
    if (file === '') {
      const text = answer === undefined || answer.problem === '' ? 'no boot file: dhcpd.conf gives no filename, and the machine has no boot profile' : `it ${answer.problem}`;
      this.steps.push({ kind: 'problem', text });
      return;
    }
    if (isHttp && !isIpxe) this.#checkHttp(file, view);
    await this.#fetch(file, view, isIpxe);
  }

  /** Interop: what makes UEFI HTTP boot pass over an offer (pxe-boot reference §1.2, §3.4). */
  #checkHttp(file: string, view: DhcpView): void {
    const word = view.option(optionCode.vendorClassIdentifier);
    if (word === undefined || !fromLatin1(word).startsWith('HTTPClient'))
      this.steps.push({ kind: 'problem', text: 'HTTP boot takes no answer without option 60: `option vendor-class-identifier "HTTPClient";` in dhcpd.conf, for these clients only' });
    if (!/^https?:\/\//i.test(file)) this.steps.push({ kind: 'problem', text: `HTTP boot wants a URL, and ${file} is none` });
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
    const [, host = '', port = '80', path = ''] = urlPattern.exec(file) ?? [];
    const node = host === '' ? formatIpv4(view.siaddr) : host;
    if (/^\w+:\/\//.test(file) && Number(port) !== this.#httpPort) {
      await this.#probe(file);
      return;
    }
    if (node !== formatIpv4(this.#question.own))
      this.steps.push({ kind: 'note', text: `files come from ${node}; they are looked for on this machine` });
    const name = host === '' ? file : path;
    const kind = loaderKindOf(name);
    const wrong = isIpxe && kind === 'ipxe' ? undefined : this.#misfit(name);
    if (wrong !== undefined) {
      this.steps.push({ kind: 'problem', text: wrong });
      return;
    }
    const first = await this.#look(name);
    if (first === undefined) return;
    if (kind === 'ipxe' && !isIpxe) await this.#dhcp(true);
    else if (kind === 'ipxe') this.steps.push({ kind: 'problem', text: 'iPXE is told to load iPXE again, and so on for ever: give clients of user class iPXE a script' });
    else if (kind === 'script') await this.#follow(kind, name, first);
    else if (kind === 'unknown') this.steps.push({ kind: 'note', text: `what ${name} asks for next is not known here` });
    else await this.#configure(kind, name, view.yiaddr);
  }

  #misfit(name: string): string | undefined {
    const firmware = firmwareOf(this.#firmware.architecture);
    return firmware && misfit(name, firmwareRows[firmware].family);
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
      if (finding.isThere) await this.#follow(kind, name, finding.text ?? '');
      return;
    }
    this.steps.push({ kind: 'problem', text: `no configuration for ${loader}: neither ${oneOf[0] ?? ''} nor any of the ${oneOf.length - 1} names behind it, ${oneOf.at(-1) ?? ''} being the last${near.map((each) => `; ${each}`).join('')}` });
  }

  /** What a configuration makes the machine fetch: files for its loader, then URLs for whoever reads its kernel's command line. */
  async #follow(kind: LoaderKind, name: string, text: string): Promise<void> {
    await this.#fetchAll(filesIn(kind, name, text));
    for (const url of urlsIn(text)) {
      const own = this.#ownPath(url);
      if (own === undefined) await this.#probe(url);
      else await this.#look(own);
    }
  }

  /** The path of a URL of this server; undefined for others. */
  #ownPath(url: string): string | undefined {
    const [, host, port = '80', path] = urlPattern.exec(url) ?? [];
    return host === formatIpv4(this.#question.own) && Number(port) === this.#httpPort ? path : undefined;
  }
  get #httpPort(): number {
    return (this.#question.config.leasehold.boot ?? bootDefaults).httpPort;
  }
  async #probe(url: string): Promise<void> {
    this.steps.push(/^https?:/.test(url)
      ? { kind: 'url', url, ...(await this.#cli.probe(url)) }
      : { kind: 'note', text: `${url} is not looked at: neither of this server nor by HTTP` });
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
    previews.push({ firmware: firmware.name, title: architectureTitle(firmware.architecture), profile: walk.profile, steps: walk.steps });
  }
  if (args.json) cli.out(JSON.stringify(previews, undefined, 2));
  else cli.out(previews.map((preview) => textOf(toHex(prepared.value.question.identity.hardware, ':'), preview)).join('\n\n'));
  return previews.some(({ steps }) => steps.some(isBad)) ? 1 : 0;
}

function textOf(mac: string, { title, profile, steps }: Preview): string {
  const head = `${mac}, ${title}${profile === '' ? '' : `, profile ${profile}`}`;
  return [head, ...steps.flatMap(linesOf)].join('\n');
}
function linesOf(step: Step): string[] {
  switch (step.kind) {
    case 'dhcp': return [`  DHCP     ${step.by}: ${step.outcome}, ${step.file === '' ? 'no file' : `file ${step.file}`}${step.server === '' ? '' : ` from ${step.server}`}`];
    case 'note': return [`  note     ${step.text}`];
    case 'problem': return [`  PROBLEM  ${step.text}`];
    case 'url': return [`  ${step.isGood ? 'URL    ' : 'PROBLEM'}  ${step.url}: ${step.text}`];
    case 'file': {
      const { name, finding } = step;
      if (!finding.isThere) return [`  PROBLEM  ${name}: ${finding.problem}${finding.near === undefined ? packageHint(name) : `; ${finding.near} differs only in letter case`}`];
      const shown = finding.text === undefined ? [] : finding.text.trimEnd().split('\n').map((line) => `           | ${line}`);
      return [`  file     ${name}: ${finding.size} bytes, ${finding.from}`, ...shown];
    }
  }
}
