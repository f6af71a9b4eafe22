// A configuration for the server: what is wrong with it told in dhcpd's words, or in ours as `leasehold check` shows it.

import { loadConfig, type Loaded, type ReadProblem } from '../config/load-config.ts';
import { err, ok, type Result } from '../std/result.ts';
import type { LoadForServing, LoadRefusal, ReadSettings } from '../shell/settings.ts';
import { testConfig } from './dhcpd-test.ts';
import { machine, readConfigText } from './read-config.ts';
import { placeOf, renderDiagnostic } from './render-diagnostic.ts';

/** leasehold.conf stands beside dhcpd.conf. */
export const leaseholdConfOf = (path: string): string => path.replace(/[^/]*$/, 'leasehold.conf');
const isFileLine = (line: string): boolean => /^(Config|Database|PID) file: /.test(line);

const load = (path: string): Result<Loaded, ReadProblem> =>
  loadConfig({ path, read: readConfigText, leaseholdConf: leaseholdConfOf(path), outside: machine() });
const cannotOpen = (path: string, { problem }: ReadProblem): string => `Can't open ${path}: ${problem}`;

/** The first error in one line. */
function summaryOf({ diagnostics }: Loaded): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return '';
  const rest = errors.length === 1 ? '' : ` (and ${errors.length - 1} more errors)`;
  return `${first.span.file.name} line ${placeOf(first.span).line}: ${first.message}${rest}`;
}

function refusal(path: string, lines: readonly string[]): LoadRefusal {
  const loaded = load(path);
  return { lines, summary: loaded.ok ? summaryOf(loaded.value) : cannotOpen(path, loaded.error) };
}

export const loadPlainly =
  ({ configPath }: Pick<ReadSettings, 'configPath'>): LoadForServing =>
  () => {
    const loaded = load(configPath);
    if (!loaded.ok) return err(refusal(configPath, [cannotOpen(configPath, loaded.error)]));
    const { config, diagnostics } = loaded.value;
    const lines = diagnostics.flatMap((diagnostic) => renderDiagnostic(diagnostic).split('\n'));
    return config === undefined ? err({ lines, summary: summaryOf(loaded.value) }) : ok({ config, remarks: lines });
  };

export const loadAsDhcpd =
  ({ configPath, leasePath, pidPath }: ReadSettings): LoadForServing =>
  () => {
    const files = { configPath, leasePath, pidPath: pidPath ?? '', leaseholdConf: leaseholdConfOf(configPath) };
    const { lines, loaded } = testConfig(files, readConfigText);
    const config = loaded?.config;
    if (config === undefined) return err(refusal(configPath, lines));
    return ok({ config, remarks: lines.filter((line) => !isFileLine(line)) });
  };

/** Under dhcpd's name its words are used. */
export const loaderFor = (settings: ReadSettings): LoadForServing =>
  settings.programName === 'dhcpd' ? loadAsDhcpd(settings) : loadPlainly(settings);
