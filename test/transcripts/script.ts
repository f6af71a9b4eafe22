// The language of the transcripts: what is done to a pair on a virtual clock, a command a line.

import { Pair, type NodeName } from '../../src/failover/testing.ts';

/** Runs a script, a command a line, and returns the transcript with the commands in it. */
export function runScript(script: readonly string[]): string[] {
  let pair = new Pair();
  const words: Readonly<Record<string, (given: readonly string[]) => void>> = {
    pair: (given) => {
      pair = new Pair(Object.fromEntries(given.map((word) => {
        const [key = '', value = ''] = word.split('=');
        return [key, /^\d+$/.test(value) ? Number(value) : value];
      })));
    },
    start: ([name]) => pair.start(name as NodeName),
    stop: ([name]) => pair.stop(name as NodeName),
    kill: ([name]) => pair.kill(name as NodeName),
    forget: ([name]) => pair.forget(name as NodeName),
    cut: () => pair.cut(),
    heal: () => pair.heal(),
    run: ([time]) => pair.run(Number(time)),
    grant: ([name, address = '', client, wish]) => {
      const which = address === 'first' ? pair.firstFree(name as NodeName) : address;
      pair.say(`${name}: granted ${which} to client ${client} for ${pair.grant(name as NodeName, which, Number(client), Number(wish))}`);
      pair.settle();
    },
    release: ([name, address = '']) => {
      pair.release(name as NodeName, address);
      pair.settle();
    },
    command: ([name, command = '', key]) => {
      const answer = pair.command(name as NodeName, command, key === undefined ? {} : { identity: key }) as { ok: boolean; problem?: string };
      if (!answer.ok) pair.say(`${name}: refused: ${answer.problem}`);
      pair.settle();
    },
    init: () => {
      for (const name of ['a', 'b'] as const) pair.nodes[name].store.failover.putIdentity('fo', 'pair-test0000', undefined);
    },
    status: () => {
      for (const name of ['a', 'b'] as const) {
        if (pair.nodes[name].failover === undefined) continue;
        const { endpoint } = pair.nodes[name];
        pair.say(`${name}: ${endpoint.my}, partner ${endpoint.partner}, serves ${endpoint.view.service}${endpoint.view.reason}, free ${pair.count(name, 'free')} backup ${pair.count(name, 'backup')}`);
      }
    },
    leases: ([name]) => {
      for (const line of pair.leases(name as NodeName)) pair.say(`${name}: lease ${line}`);
    },
  };
  const out: string[] = [];
  for (const line of script) {
    const [word = '', ...given] = line.trim().split(/\s+/);
    const before = pair;
    const act = words[word];
    if (act === undefined) throw new Error(`no such command: ${line}`);
    act(given);
    if (pair !== before) before.transcript.length = 0;
    out.push(`> ${line.trim()}`, ...pair.transcript.splice(0));
  }
  return out;
}
