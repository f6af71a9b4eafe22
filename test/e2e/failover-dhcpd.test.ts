// A pair of the whole product and a real ISC dhcpd, in both roles, through what operators and lost lease files do to it (failover
// reference §12). What dhcpd logs, how often, what it writes down and what Wireshark reads is the judge: 22 scenarios here, 44 in
// failover-exchange.test.ts, the transcript of each in dist/failover-transcripts.

import { describe, test } from 'node:test';
import { scenarios } from './support/failover-scenarios.ts';
import { skipWithout } from './support/lab.ts';
import { isRecording, judgeLog, played } from './support/log-templates.ts';
import { kindsWith, openPair, other, roles } from './support/mixed-pair.ts';

const skip = skipWithout('dhcpd', 'tshark', 'nft', 'omshell');

describe('with a real dhcpd', { concurrency: 4, skip }, () => {
  for (const ours of roles)
    for (const { id, title, mclt, act } of scenarios)
      test(`as ${ours}: ${title}`, { timeout: 300_000 }, async (t) => {
        const pair = await openPair(t, kindsWith(isRecording ? undefined : ours), mclt);
        await played(t, act(pair, ours));
        await pair.wireIsWellFormed(`${isRecording ? 'neither' : ours}-${ours}-${id}`);
        judgeLog(pair, other(ours), `${other(ours)}-${id}`, undefined);
      });
});
