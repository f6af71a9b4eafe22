// `leasehold bench`: loads a DHCP server with simulated clients and says what it stood.

import { buildCommand } from '@stricli/core';
import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { SystemError } from '../../shell/libc.ts';
import type { CliContext } from '../cli-context.ts';
import { dottedAddress, numberIn, wholeIn } from '../flag-values.ts';
import { Load, type LoadSettings } from './load.ts';
import type { LoadMode } from './exchanges.ts';
import { loadTable } from './load-table.ts';
import type { Tally } from './tally.ts';

interface BenchFlags {
  readonly server: Ipv4;
  readonly interface: string | undefined;
  readonly giaddr: Ipv4 | undefined;
  readonly port: number;
  readonly mode: LoadMode;
  readonly window: number;
  readonly rate: number | undefined;
  readonly duration: number;
  readonly warmUp: number;
  readonly clients: number;
  readonly firstClient: number;
  readonly retry: number;
  readonly json: boolean;
}

const retriesMax = 3;

const settingsOf = (flags: BenchFlags): LoadSettings => ({
  path: {
    interfaceName: flags.interface,
    giaddr: flags.giaddr ?? (0 as Ipv4),
    server: flags.server,
    serverPort: flags.port,
  },
  mode: flags.mode,
  window: Math.min(flags.window, flags.clients),
  rate: flags.rate,
  seconds: flags.duration,
  warmUpSeconds: flags.warmUp,
  clients: flags.clients,
  firstClient: flags.firstClient,
  retryMillis: flags.retry,
  retriesMax,
});

/** A line that overwrites itself, on a terminal only. */
function progressLine(stderr: NodeJS.WriteStream): (phase: string, tally: Tally) => void {
  let next = 0;
  return (phase, tally) => {
    if (!stderr.isTTY || performance.now() < next) return;
    next = performance.now() + 500;
    stderr.write(`\r${phase}: ${tally.acks} acknowledged, ${tally.retries} repeated, ${tally.failed} failed `);
  };
}

export const benchCommand = buildCommand<BenchFlags, [], CliContext>({
  docs: {
    brief: 'Load a DHCP server with simulated clients and measure it',
    fullDescription:
      'Load a DHCP server with simulated clients and measure it.\n' +
      'With --interface the clients sit on that link (root is needed); without, this host is their relay: --giaddr is\n' +
      'then an address of this host inside a subnet that the server serves. Never run it against a network in use.',
  },
  parameters: {
    flags: {
      server: { kind: 'parsed', parse: dottedAddress, brief: 'Address of the server', placeholder: 'ADDR' },
      interface: { kind: 'parsed', parse: String, brief: "Send frames of clients on this interface's link", optional: true, placeholder: 'NAME' },
      giaddr: { kind: 'parsed', parse: dottedAddress, brief: 'Be the relay with this address', optional: true, placeholder: 'ADDR' },
      port: { kind: 'parsed', parse: wholeIn(1, 65535), brief: "The server's and relay's UDP port", default: '67', placeholder: 'PORT' },
      mode: { kind: 'enum', values: ['dora', 'renew', 'reboot'], brief: 'Whole exchanges, unicast renewals, or reboots with a known address', default: 'dora' },
      window: { kind: 'parsed', parse: wholeIn(1, 1024), brief: 'Open exchanges of the closed loop', default: '64', placeholder: 'COUNT' },
      rate: { kind: 'parsed', parse: numberIn(0.1, 1e6), brief: 'Exchanges to begin per second, instead of the closed loop', optional: true, placeholder: 'RATE' },
      duration: { kind: 'parsed', parse: numberIn(0.1, 86_400), brief: 'Seconds to measure', default: '10', placeholder: 'SECONDS' },
      warmUp: { kind: 'parsed', parse: numberIn(0, 3600), brief: 'Seconds of load before', default: '1', placeholder: 'SECONDS' },
      clients: { kind: 'parsed', parse: wholeIn(1, 4_000_000), brief: 'Distinct clients, used in turn', default: '1000', placeholder: 'COUNT' },
      firstClient: { kind: 'parsed', parse: wholeIn(0, 0xff000000), brief: 'Number of the first client; its MAC is 02:00 and this', default: '0', placeholder: 'NUMBER' },
      retry: { kind: 'parsed', parse: wholeIn(10, 60_000), brief: 'Milliseconds before a message is repeated, three times at most', default: '1000', placeholder: 'MILLIS' },
      json: { kind: 'boolean', brief: 'Print one JSON object', default: false, withNegated: false },
    },
  },
  async func(flags) {
    if ((flags.interface === undefined) === (flags.giaddr === undefined)) {
      this.err('leasehold bench: give either --interface (clients on this link) or --giaddr (be their relay)');
      this.exit(2);
      return;
    }
    await runBench(flags, this);
  },
});

async function runBench(flags: BenchFlags, cli: CliContext): Promise<void> {
  try {
    const load = new Load(settingsOf(flags));
    const stop = (): void => load.stop();
    process.once('SIGINT', stop);
    const result = await load.run(progressLine(process.stderr));
    process.off('SIGINT', stop);
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    cli.out(flags.json ? JSON.stringify(result) : loadTable(`${formatIpv4(flags.server)}`, result));
    cli.exit(result.acks > 0 && result.failed + result.malformed + result.duplicates === 0 ? 0 : 1);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const hint = error.code === 'EPERM' ? ' (frames of other clients need root, or CAP_NET_RAW)' : '';
    cli.err(`leasehold bench: ${error.message}${hint}`);
    cli.exit(2);
  }
}
