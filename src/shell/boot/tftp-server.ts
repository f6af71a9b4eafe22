// TFTP over real sockets: requests on the well-known port, each transfer on a port of its own. Decisions are boot/'s.

import { fromLatin1 } from '../../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { parseTftp, tftpError, tftpRequestSizeMax, type TftpPacket } from '../../wire/tftp-packet.ts';
import { toNetascii } from '../../boot/netascii.ts';
import { negotiate } from '../../boot/tftp-negotiate.ts';
import { Transfer, type Outcome } from '../../boot/tftp-transfer.ts';
import { TransferTable, type TableLimits } from '../../boot/transfer-table.ts';
import { ConnectionRates, type Rate } from '../connection-rates.ts';
import { memoryFile, type BootFault, type BootFile, type BootFiles } from './boot-files.ts';
import type { FileReport } from './file-report.ts';
import type { FloodWatch } from './flood-watch.ts';
import { pieceSize } from './read-ahead.ts';
import { monoNow, Readiness } from './readiness.ts';
import { sendPacket, Session } from './tftp-session.ts';
import { allowFragments, closeUdp, datagram, limitReceiveBuffer, openConversation, openUdp, pathMtu, receive, wantLocalAddress } from './udp-port.ts';

/** IP, UDP and TFTP headers. */
const headersSize = 32;
const ethernetMtu = 1500;
/** A whole netascii file is held in memory, because its size is known only when it is converted. */
const netasciiSizeMax = 4 * 1024 * 1024;
/** Of all such files together, as they lie in the root and as they are sent. */
const netasciiBytesMax = 32 * 1024 * 1024;
/** Requests taken in one turn, so that running transfers come first even in a flood. */
const requestsPerTurn = 32;
/** Files being opened for requests; more requests wait in the socket's buffer, where a flood is dropped. */
const openingMax = 64;
const requestBufferSize = 256 * 1024;
/** Short, so that what is due in one turn is little: while it is said again, a DHCP server may wait for the processor. */
const tickMillis = 20;
/** While an address is above its rate, requests are looked at in heaps: to wake up for each is most of what they cost. */
const heapMillis = 5;
/** A machine that boots asks some thirty times, most of it for what is not there; two hundred of them may share an address. */
const addressRate: Rate = { perSecond: 200, burst: 600 };
/** Of all together: opening a file costs more than asking for it, and a flood's sender may say any address. */
const requestRate: Rate = { perSecond: 1_000, burst: 2_000 };

export const tableLimits: TableLimits = { transfersMax: 1_000, perAddressMax: 300 };

/** What a client is told; never a path of this machine. */
const faultTexts: Readonly<Record<BootFault | 'tooLarge' | 'tooMany', readonly [code: number, text: string]>> = {
  escape: [tftpError.accessViolation, 'Access violation'],
  outside: [tftpError.accessViolation, 'Access violation'],
  unreadable: [tftpError.accessViolation, 'Access violation'],
  name: [tftpError.fileNotFound, 'File not found'],
  missing: [tftpError.fileNotFound, 'File not found'],
  kind: [tftpError.fileNotFound, 'Not a regular file'],
  failed: [tftpError.undefined, 'The file cannot be read'],
  tooMany: [tftpError.undefined, 'Too many netascii transfers, use octet'],
  tooLarge: [tftpError.undefined, 'Too large for netascii, use octet'],
};

interface Asked {
  readonly address: Ipv4;
  readonly port: number;
  readonly local: Ipv4;
  readonly request: string;
  readonly packet: Extract<TftpPacket, { kind: 'rrq' | 'wrq' }>;
}

export class TftpServer {
  readonly #fd: number;
  readonly #files: BootFiles;
  readonly #report: (report: FileReport) => void;
  readonly #flood: FloodWatch;
  readonly #table = new TransferTable<Session>(tableLimits);
  readonly #readiness = new Readiness(() => this.#requests());
  /** While something may be due. */
  #ticker: NodeJS.Timeout | undefined;
  readonly #rates = new ConnectionRates(addressRate, requestRate);
  #hasRequests = false;
  /** Requests wait in the socket's buffer, which drops what it cannot hold. */
  #isPaused = false;
  /** Of those that lay there together one was above the rate of its address. */
  #hasExcess = false;
  #heapTimer: NodeJS.Timeout | undefined;
  #openingCount = 0;
  #netasciiBytes = 0;

  /** `fd`: a bound socket, which becomes this server's. */
  constructor(fd: number, files: BootFiles, report: (report: FileReport) => void, flood: FloodWatch) {
    this.#fd = fd;
    this.#files = files;
    this.#report = report;
    this.#flood = flood;
    wantLocalAddress(fd);
    limitReceiveBuffer(fd, requestBufferSize);
    this.#listen();
  }

  get transferCount(): number {
    return this.#table.size;
  }

  close(): void {
    clearTimeout(this.#ticker);
    clearTimeout(this.#heapTimer);
    this.#flood.close();
    for (const session of this.#table.values()) session.close();
    this.#readiness.close();
    closeUdp(this.#fd);
  }

  #listen(): void {
    this.#readiness.add(this.#fd, () => {
      this.#hasRequests = true;
      return false;
    });
  }

  /** Behind the transfers that run. */
  #requests(): void {
    if (!this.#hasRequests) return;
    this.#hasRequests = false;
    const now = monoNow();
    for (let count = 0; count < requestsPerTurn; count++) {
      if (this.#openingCount >= openingMax) {
        this.#pause();
        return;
      }
      if (!receive(this.#fd)) {
        if (this.#hasExcess) this.#gather();
        return;
      }
      const { isAdmitted, isAddressSpent } = this.#rates.take(datagram.address, now);
      if (!isAdmitted) this.#flood.excess(now);
      if (!isAdmitted && !isAddressSpent) {
        this.#pause();
        return;
      }
      // What is above the rate of its address is not looked at and costs the others nothing.
      if (isAdmitted) this.#request();
      else this.#hasExcess = true;
    }
  }

  #gather(): void {
    this.#hasExcess = false;
    this.#pause();
    this.#heapTimer = setTimeout(() => this.#resume(), heapMillis);
  }

  #pause(): void {
    this.#isPaused = true;
    this.#wakeLater();
    this.#readiness.remove(this.#fd);
  }
  #resume(): void {
    if (!this.#isPaused || this.#openingCount >= openingMax) return;
    this.#isPaused = false;
    this.#listen();
  }

  #wakeLater(): void {
    this.#ticker ??= setTimeout(() => this.#tick(), tickMillis);
  }
  #tick(): void {
    const now = monoNow();
    this.#ticker = undefined;
    this.#resume();
    for (const session of this.#table.values()) if (session.deadline <= now) session.feed({ kind: 'tick' });
    if (this.#isPaused || this.#table.size > 0) this.#wakeLater();
  }

  #request(): void {
    const { address, port, local, size } = datagram;
    const bytes = datagram.bytes.subarray(0, Math.min(size, tftpRequestSizeMax + 1));
    const packet = parseTftp(bytes);
    // Nothing but a whole request is answered: an answer to anything else could be sent to and fro for ever.
    if (typeof packet === 'string' || (packet.kind !== 'rrq' && packet.kind !== 'wrq') || port === 0) return;
    const asked: Asked = { address, port, local, request: fromLatin1(bytes), packet };
    if (packet.kind === 'wrq') this.#refuse(asked, tftpError.accessViolation, 'This server is read-only');
    else if (packet.mode !== 'octet' && packet.mode !== 'netascii') this.#refuse(asked, tftpError.illegalOperation, 'Mode must be octet');
    else this.#serve(asked);
  }

  #serve(asked: Asked): void {
    this.#openingCount++;
    void this.#open(asked).finally(() => {
      if (this.#openingCount-- === openingMax) this.#resume();
    });
  }

  async #open(asked: Asked): Promise<void> {
    const file = await this.#files.open(asked.packet.filename, asked.local);
    if (!file.ok) {
      const [code, text] = faultTexts[file.error];
      this.#refuse(asked, code, text, file.error);
      return;
    }
    if (asked.packet.mode === 'octet') this.#start(asked, file.value, file.value.size);
    else await this.#startNetascii(asked, file.value);
  }

  async #startNetascii(asked: Asked, file: BootFile): Promise<void> {
    // A line feed becomes two bytes.
    const held = 2 * file.size;
    if (file.size > netasciiSizeMax || this.#netasciiBytes + held > netasciiBytesMax) {
      file.close();
      this.#refuse(asked, ...faultTexts[file.size > netasciiSizeMax ? 'tooLarge' : 'tooMany']);
      return;
    }
    this.#netasciiBytes += held;
    const whole = await file.read(0, file.size).catch(() => undefined);
    file.close();
    const release = (): void => void (this.#netasciiBytes -= held);
    if (whole === undefined) {
      release();
      this.#refuse(asked, ...faultTexts.failed);
    } else
      this.#start(asked, { ...memoryFile(file.path, toNetascii(whole)), found: file.found, profile: file.profile, close: release }, undefined);
  }

  /** `size` as tsize tells it. Only now is a place taken: a request for nothing ends no transfer. */
  #start(asked: Asked, file: BootFile, size: number | undefined): void {
    const { address, port, local, request, packet } = asked;
    const now = monoNow();
    const admission = this.#table.admit(address, port, request, now);
    if (admission.kind === 'busy' || (admission.kind === 'admitted' && admission.isCrowded)) this.#flood.excess(now);
    if (admission.kind !== 'admitted') {
      file.close();
      return;
    }
    for (const session of admission.evicted) this.#over(session, { kind: 'silent' });
    const blockSizeMax = (pathMtu(local, address) ?? ethernetMtu) - headersSize;
    const terms = negotiate({ options: packet.options, size }, { blockSizeMax, windowBytesMax: pieceSize });
    let fd: number;
    try {
      fd = openConversation(local, address, port);
    } catch (error) {
      file.close();
      // No way leads to the client, or no descriptor is free.
      this.#unsent(asked, 'failed', (error as Error).message, file);
      return;
    }
    allowFragments(fd);
    const session = new Session({
      fd, address, port, request, file,
      name: packet.filename,
      transfer: new Transfer(terms, file.size),
      readiness: this.#readiness,
      onEnd: (ended, outcome) => this.#over(ended, outcome),
    });
    this.#table.add(address, port, session);
    this.#wakeLater();
    session.feed({ kind: 'start' });
  }

  #refuse(asked: Asked, code: number, message: string, fault?: BootFault): void {
    const { address, port, local } = asked;
    let fd = this.#fd;
    // From the address that was asked, like any other answer (RFC 1123 §4.2.3.4).
    if (local !== 0)
      try {
        fd = openUdp(local, 0);
      } catch {
        // The listening socket answers then.
      }
    sendPacket(fd, { kind: 'error', code, message }, address, port);
    if (fd !== this.#fd) closeUdp(fd);
    this.#unsent(asked, fault === 'missing' || fault === 'name' || fault === 'kind' ? 'missing' : 'refused', fault ?? message);
  }

  /** Not a block of it was sent. */
  #unsent({ address, packet }: Asked, outcome: FileReport['outcome'], detail: string, file?: BootFile): void {
    this.#report({
      kind: 'file', protocol: 'tftp', client: formatIpv4(address), name: packet.filename,
      found: file?.found ?? '', profile: file?.profile ?? '', outcome, detail, bytes: 0, size: file?.size ?? 0, repeats: 0, millis: 0,
    });
  }

  #over(session: Session, outcome: Outcome | 'unreadable'): void {
    const { address, port, name, file, transfer } = session.parts;
    // What was evicted is still open.
    session.close();
    this.#table.remove(address, port);
    const kind = outcome === 'unreadable' ? 'failed' : outcome.kind === 'refused' ? 'stopped' : outcome.kind;
    const detail = outcome === 'unreadable' ? 'the file cannot be read' : outcome.kind === 'refused' ? `error ${outcome.code} ${outcome.message}`.trim() : '';
    this.#report({
      kind: 'file', protocol: 'tftp', client: formatIpv4(address), name, found: file.found, profile: file.profile, outcome: kind, detail,
      bytes: outcome !== 'unreadable' && outcome.kind === 'sent' ? file.size : session.bytes,
      size: file.size, repeats: transfer.repeats, millis: Math.round(monoNow() - session.startedAt),
    });
  }
}
