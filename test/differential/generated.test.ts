// Goal: `dhcpd -t` and ours accept and refuse the same generated configurations. Skipped, with the reason, without ISC dhcpd.
// More of them: DIFFERENTIAL_COUNT=5000; another series: DIFFERENTIAL_SEED=7.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testConfig } from '../../src/cli/dhcpd-test.ts';
import { readFrom } from '../../src/config/testing.ts';
import { ConfigMaker } from './generated-configs.ts';

const hasDhcpd = spawnSync('dhcpd', ['--version']).error === undefined;
const count = Number(process.env['DIFFERENTIAL_COUNT'] ?? 400);
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 1);
/** What dhcpd prints first when it crashed before saying anything else. */
const sentences = (text: string): string => text.split('\n').slice(4, 12).join('\n');

test(
  `dhcpd -t agrees about ${count} generated configurations`,
  { skip: hasDhcpd ? false : 'ISC dhcpd is not installed' },
  (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'leasehold-generated-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'dhcpd.conf');
    const leases = join(folder, 'leases');
    writeFileSync(leases, '');
    let acceptedCount = 0;
    for (let index = 0; index < count; index++) {
      const text = new ConfigMaker(seed * 1_000_000 + index).file();
      writeFileSync(path, text);
      const theirs = spawnSync('dhcpd', ['-4', '-t', '-cf', path, '-lf', leases], { encoding: 'latin1' });
      const ours = testConfig(
        { configPath: path, leasePath: leases, pidPath: '' },
        readFrom({ [path]: text }),
      );
      // A crash of dhcpd is a refusal (dhcpd-conf reference §2).
      const isAccepted = theirs.status === 0;
      if (isAccepted) acceptedCount++;
      assert.equal(
        ours.status === 0,
        isAccepted,
        `seed ${seed}, file ${index}:\n${text}\n--- dhcpd\n${sentences(theirs.stderr)}\n--- ours\n${ours.lines.slice(0, 8).join('\n')}`,
      );
    }
    // A generator that makes nothing but rubbish would prove little.
    assert.ok(acceptedCount > count / 20, `${acceptedCount} of ${count} accepted`);
    t.diagnostic(`${acceptedCount} of ${count} accepted by both`);
  },
);
