// The composition root: which program this is, and the parts it is made of.

import { loadConfig } from './config/load-config.ts';
import type { ServerConfig } from './model/server-config.ts';
import { err, ok, type Result } from './std/result.ts';
import type { UnixSeconds } from './std/time.ts';
import { testConfig } from './cli/dhcpd-test.ts';
import { banner, runDhcpd } from './cli/dhcpd.ts';
import type { DhcpdArgs } from './cli/dhcpd-args.ts';
import { runLeasehold } from './cli/main.ts';
import { readConfigText } from './cli/read-config.ts';
import { renderDiagnostic } from './cli/render-diagnostic.ts';
import { describeProblem } from './lease/replay.ts';
import { writeHeader } from './lease/snapshot.ts';
import { openLeases } from './shell/open-leases.ts';
import { realDisk } from './shell/real-disk.ts';
import { serve } from './shell/serve.ts';
import { version } from './shell/version.ts';

const besideOf = (path: string): string => path.replace(/[^/]*$/, 'leasehold.conf');

function load(path: string): Result<ServerConfig, string> {
  const loaded = loadConfig({ path, read: readConfigText, leaseholdConf: besideOf(path) });
  if (!loaded.ok) return err(`Can't open ${path}: ${loaded.error.problem}`);
  const { config, diagnostics } = loaded.value;
  if (config !== undefined) return ok(config);
  return err(diagnostics.filter(({ severity }) => severity === 'error').map(renderDiagnostic).join('\n\n'));
}

/** `leases repair`: what every start does, without serving. */
async function repair(configPath: string, leasePath: string | undefined): Promise<{ isGood: boolean; lines: readonly string[] }> {
  const config = load(configPath);
  if (!config.ok) return { isGood: false, lines: [config.error] };
  const path = leasePath ?? config.value.settings.leaseFileName ?? '/var/lib/dhcp/dhcpd.leases';
  const wall = Math.floor(Date.now() / 1000) as UnixSeconds;
  const { store, journal, report } = openLeases(realDisk, path, config.value, wall, 0, version);
  const isStarted = journal.startRewrite((cursor, size, out) => store.snapshot(cursor, size, out), (out) => writeHeader(out, version));
  let result = isStarted ? journal.rewriteSlice() : undefined;
  while (result?.kind === 'more') result = journal.rewriteSlice();
  journal.close();
  const lines = report.problems.map(describeProblem);
  if (result?.kind !== 'done') return { isGood: false, lines: [...lines, `${path} could not be rewritten: ${journal.detail}`] };
  return { isGood: report.problemCount === 0, lines: [...lines, `${path}: ${report.leases} lease records read, ${result.size} bytes written`] };
}

/** `dhcpd -t`. */
async function check(args: DhcpdArgs): Promise<number> {
  const { lines, status } = testConfig({ ...args, leaseholdConf: besideOf(args.configPath) }, readConfigText);
  process.stderr.write([...(args.isQuiet ? [] : banner), ...lines].map((line) => `${line}\n`).join(''));
  return status;
}

const [first, ...rest] = process.argv.slice(2);
const status =
  first === 'dhcpd'
    ? await runDhcpd(rest, { serve: (settings) => serve(settings, load), check })
    : await runLeasehold(process.argv.slice(2), { serve: (settings) => serve(settings, load), repair });
process.exitCode = status;
