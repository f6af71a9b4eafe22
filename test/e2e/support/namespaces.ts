// The laboratory's namespaces, and why tests that need them cannot run here.

import { hasCommand } from '../../../tools/debian-packages.ts';

export { cable, ip, removeLeftovers, Space } from '../../../src/cli/lab/namespaces.ts';

/** Why tests that need these commands cannot run here; false when they can. In CI they run, and fail. */
export function skipWithout(...commands: readonly string[]): string | false {
  if (process.env['CI'] === 'true') return false;
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root for network namespaces';
  const missing = ['ip', ...commands].filter((command) => !hasCommand(command));
  return missing.length === 0 ? false : `missing: ${missing.join(', ')}`;
}
