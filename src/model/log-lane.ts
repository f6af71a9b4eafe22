// Where the core says what it did. The hot DHCP lines have their own verbs so that no string is built for them.

import type { DhcpView } from '../wire/dhcp-view.ts';
import type { LogEvent } from './log-event.ts';

/** Where a client was heard: giaddr when relayed, else the interface name. */
export interface Via {
  readonly giaddr: number;
  readonly interfaceName: string;
}

export interface LogLane {
  /** Anything in the catalogue. */
  event<Fields extends object>(event: LogEvent<Fields>, fields: Fields): void;
  /**
   * One of dhcpd's packet lines (`DHCPDISCOVER from …`, `DHCPACK on …`), written straight to bytes.
   * `reason` is the text after the last `: `, without it; empty for none.
   */
  packet(line: PacketLine, ip: number, view: DhcpView, via: Via, hostname: string, reason: string): void;
}

/** The row of model/log-event.ts that tells text, level and stable id of each packet line. */
export type PacketLine =
  | 'DISCOVER'
  | 'OFFER'
  | 'REQUEST'
  | 'ACK'
  | 'NAK'
  | 'DECLINE'
  | 'RELEASE'
  | 'INFORM'
  | 'INFORM-ACK'
  | 'BOOTREQUEST'
  | 'BOOTREPLY'
  | 'BOOTREPLY-STATIC';
