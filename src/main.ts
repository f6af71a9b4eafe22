// The composition root: which program this is, and the parts it is made of.

import { loadConfig } from './config/load-config.ts';
import { err, ok } from './std/result.ts';
import type { DhcpdArgs } from './cli/dhcpd-args.ts';
import { runDhcpd } from './cli/dhcpd.ts';
import { runDhcpdTest, testConfig } from './cli/dhcpd-test.ts';
import { runLeasehold } from './cli/main.ts';
import { readConfigText } from './cli/read-config.ts';
import { renderDiagnostic } from './cli/render-diagnostic.ts';
import { repairLeases, testLeases } from './cli/repair-leases.ts';
import { serve } from './shell/serve.ts';
import type { LoadForServing, ServeSettings } from './shell/settings.ts';

const besideOf = (path: string): string => path.replace(/[^/]*$/, 'leasehold.conf');
const isFileLine = (line: string): boolean => /^(Config|Database|PID) file: /.test(line);

/** Problems as `leasehold check` shows them. */
const loadPlainly =
  ({ configPath }: Pick<ServeSettings, 'configPath'>): LoadForServing =>
  () => {
    const loaded = loadConfig({ path: configPath, read: readConfigText, leaseholdConf: besideOf(configPath) });
    if (!loaded.ok) return err([`Can't open ${configPath}: ${loaded.error.problem}`]);
    const { config, diagnostics } = loaded.value;
    const lines = diagnostics.flatMap((diagnostic) => renderDiagnostic(diagnostic).split('\n'));
    return config === undefined ? err(lines) : ok({ config, remarks: lines });
  };

/** Problems in dhcpd's words. */
const loadAsDhcpd =
  ({ configPath, leasePath, pidPath }: ServeSettings): LoadForServing =>
  () => {
    const files = { configPath, leasePath, pidPath: pidPath ?? '', leaseholdConf: besideOf(configPath) };
    const { lines, loaded } = testConfig(files, readConfigText);
    const config = loaded?.config;
    return config === undefined ? err(lines) : ok({ config, remarks: lines.filter((line) => !isFileLine(line)) });
  };

/** `dhcpd -t`, and `-T`, which reads the lease file too. */
function test(args: DhcpdArgs): number {
  const status = runDhcpdTest(args);
  if (status !== 0 || args.test !== 'leases') return status;
  const result = testLeases(args.configPath, args.leasePath, loadPlainly);
  if (!args.isQuiet) for (const line of result.lines) process.stderr.write(`${line}\n`);
  return result.isGood ? 0 : 1;
}

const [first, ...rest] = process.argv.slice(2);
process.exitCode =
  first === 'dhcpd'
    ? await runDhcpd(rest, { serve: (settings) => serve(settings, loadAsDhcpd(settings)), test })
    : await runLeasehold(process.argv.slice(2), {
        serve: (settings) => serve(settings, loadPlainly(settings)),
        repair: async (configPath, leasePath) => repairLeases(configPath, leasePath, loadPlainly),
      });
