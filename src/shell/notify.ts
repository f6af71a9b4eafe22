// sd_notify(3): tells the service manager what this process is doing. Without NOTIFY_SOCKET every call is a no-op.

import { AF, libc, MSG, SOCK } from './libc.ts';
import { NativeBlock } from './native.ts';

const nameSize = 110;

/** struct sockaddr_un; a leading `@` names an abstract socket. Returns its size for the kernel. */
export function unixName(path: string): { readonly block: NativeBlock; readonly size: number } {
  const bytes = Buffer.from(path);
  const block = new NativeBlock(nameSize);
  block.view.setUint16(0, AF.unix, true);
  block.bytes.set(bytes.subarray(0, nameSize - 3), 2);
  const isAbstract = path.startsWith('@');
  if (isAbstract) block.bytes[2] = 0;
  return { block, size: Math.min(2 + bytes.length + (isAbstract ? 0 : 1), nameSize) };
}

export class Notifier {
  readonly #path: string | undefined;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#path = environment['NOTIFY_SOCKET'];
    const watchdogMicros = Number(environment['WATCHDOG_USEC'] ?? 0);
    if (this.#path === undefined || !(watchdogMicros > 0)) return;
    this.#watchdog = setInterval(() => this.#send('WATCHDOG=1'), watchdogMicros / 2000);
    this.#watchdog.unref();
  }

  ready(status: string): void {
    this.#send(`READY=1\nSTATUS=${status}`);
  }
  status(status: string): void {
    this.#send(`STATUS=${status}`);
  }
  /** Followed by `ready` when the reload is over (systemd.service(5), Type=notify-reload). */
  reloading(): void {
    this.#send(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }
  stopping(): void {
    clearInterval(this.#watchdog);
    this.#send('STOPPING=1');
  }

  #send(text: string): void {
    if (this.#path === undefined) return;
    const fd = libc.socket(AF.unix, SOCK.dgram | SOCK.cloexec, 0);
    if (fd < 0) return;
    const name = unixName(this.#path);
    const message = Buffer.from(text);
    const block = new NativeBlock(message.length);
    block.bytes.set(message);
    libc.sendto(fd, block.address, message.length, MSG.nosignal, name.block.address, name.size);
    libc.close(fd);
  }
}
