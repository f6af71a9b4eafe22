// The ports and addresses a server was moved to by flags and configuration; tests and debugging move them, production does not.

import type { AddressItem } from '../model/expression.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { ServeSettings } from './settings.ts';

export interface Addressing {
  /** 67, or what `-p` or `local-port` says. */
  readonly serverPort: number;
  /** Where clients listen: 68; `-p N` means N + 1, `remote-port` outranks it. */
  readonly clientPort: number;
  /** Our own end of routed traffic; 0 for every address. */
  readonly localAddress: number;
  /** Stands in for 255.255.255.255 (`-s`, `limited-broadcast-address`); 0: nothing does. */
  readonly broadcastAddress: number;
}

export const usualAddressing: Addressing = { serverPort: 67, clientPort: 68, localAddress: 0, broadcastAddress: 0 };

/** A name is not resolved here: the sockets are open before the resolver has answered. */
const literal = (item: AddressItem | undefined): number => (item?.kind === 'address' ? item.address : 0);

export function addressingOf({ port, sendTo }: Pick<ServeSettings, 'port' | 'sendTo'>, { settings }: ServerConfig): Addressing {
  const serverPort = port ?? settings.localPort ?? usualAddressing.serverPort;
  const besideServer = port === undefined ? usualAddressing.clientPort : port + 1;
  return {
    serverPort,
    clientPort: settings.remotePort ?? besideServer,
    localAddress: literal(settings.localAddress),
    broadcastAddress: sendTo ?? literal(settings.limitedBroadcastAddress),
  };
}
