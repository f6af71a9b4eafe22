// One TCP connection to the partner: framing, transaction ids and the last time anything was heard or said
// (failover reference §1.2). Before its handshake is complete nothing but the handshake is believed.

import type { ByteWriter } from '../std/bytes.ts';
import type { MonoMillis, Now } from '../std/time.ts';
import type { Effects, LinkId, SendLane } from '../model/step.ts';
import type { CertificateFacts } from '../wire/channel-certificate.ts';
import { FailoverReader } from '../wire/failover-message.ts';

export class Link {
  readonly id: LinkId;
  readonly isInbound: boolean;
  readonly openedAt: MonoMillis;
  readonly reader = new FailoverReader();
  isEstablished = false;
  /** TLS was asked for; nothing may be said before it stands. */
  isSecuring = false;
  /** Name of the cipher, or undefined while plain. */
  cipher: string | undefined = undefined;
  /** The partner's, where it proved itself by one. */
  certificate: CertificateFacts | undefined = undefined;
  /** Why that is not believed. */
  refusal: string | undefined = undefined;
  heardAt: MonoMillis;
  saidAt: MonoMillis;
  /** xid of the CONNECT we sent. */
  connectXid = 0;
  #nextXid = 0;

  constructor(id: LinkId, isInbound: boolean, now: Now) {
    this.id = id;
    this.isInbound = isInbound;
    this.openedAt = now.mono;
    this.heardAt = now.mono;
    this.saidAt = now.mono;
  }

  /** The next transaction id of what we originate; binding updates skip 0. */
  xid(isBindingUpdate = false): number {
    if (isBindingUpdate && this.#nextXid === 0) this.#nextXid = 1;
    const xid = this.#nextXid;
    this.#nextXid = (this.#nextXid + 1) >>> 0;
    return xid;
  }

  /** The stream of a lane; writing to it counts as saying something. */
  out(lane: SendLane, now: Now): ByteWriter {
    this.saidAt = now.mono;
    return lane.link(this.id);
  }
  close(effects: Effects): void {
    effects.requests.push({ kind: 'close', link: this.id });
  }
}
