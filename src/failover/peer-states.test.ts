// The reference's matrices cell by cell (failover reference §4.4, §4.5, §4.7, §4.1), as they are printed there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverStateCode, type ServerState } from '../wire/failover-tables.ts';
import {
  bearableInConflictDone,
  onDisconnect,
  onUpdateDone,
  partnerOverride,
  reactionTo,
  safer,
  serverStates,
  serviceFor,
  serviceOf,
  startupReaction,
} from './peer-states.ts';

const short: Readonly<Record<string, ServerState>> = {
  N: 'normal', CI: 'communications-interrupted', PD: 'partner-down', PC: 'potential-conflict', R: 'recover', PA: 'paused',
  SD: 'shutdown', RD: 'recover-done', RI: 'resolution-interrupted', CD: 'conflict-done', RW: 'recover-wait', ST: 'startup',
  UN: 'unknown-state',
};
const stateOf = (word: string): ServerState => {
  const state = short[word];
  assert.ok(state !== undefined, `${word} is a state`);
  return state;
};

/** ISC's matrix: rows own state, columns the partner's; `=` no change, `R!` asks again, `die` ends the process. */
const matrix = `
own  N   CI  PD  PC  R   PA  SD  RD  RI  CD  RW  ST  UN
N    =   =   PC  SD  PD  CI  PD  =   SD  SD  =   =   =
CI   N   N   PC  PC  PD  =   PD  N   PC  PC  N   =   =
PD   PC  PC  PC  PC  =   =   =   N   PC  PC  =   =   =
PC   SD  =   =   =   R   =   PD  =   =   =   =   =   =
R    PC  R!  R!  PC  R!  =   PD  =   PC  PC  =   =   =
RW   =   =   =   =   =   =   =   =   =   =   =   =   =
RD   N   =   =   =   =   =   PD  N   =   =   =   =   =
RI   PC  PC  PC  PC  PC  =   PD  PC  PC  PC  PC  =   =
CD   N   die die =   die die SD  die =   die die =   =
SD   =   =   =   =   =   =   =   =   =   =   =   =   =
PA   =   =   =   =   =   =   =   =   =   =   =   =   =
UN   =   =   =   =   =   =   =   =   =   =   =   =   =`;

/** What we do in the cells of `safer`, in the same words. */
const ourSafer: Readonly<Record<string, string>> = {
  'normal/potential-conflict': 'PC', 'normal/resolution-interrupted': 'PC', 'normal/conflict-done': 'PC',
  'potential-conflict/normal': 'R', 'potential-conflict/recover': '=', 'recover/shutdown': '=',
  'conflict-done/communications-interrupted': 'PC', 'conflict-done/partner-down': 'PC', 'conflict-done/recover': 'PD',
  'conflict-done/paused': '=', 'conflict-done/shutdown': 'PD', 'conflict-done/recover-done': 'N',
  'conflict-done/conflict-done': 'PC', 'conflict-done/recover-wait': '=',
};

const [header, ...lines] = matrix.trim().split('\n').map((line) => line.trim().split(/\s+/));
const columns = (header ?? []).slice(1).map(stateOf);
const cells = lines.flatMap(([own, ...row]) =>
  row.map((cell, index) => ({ mine: stateOf(own ?? ''), partner: columns[index] as ServerState, cell })),
);
const inWords = (cell: string): string => (cell === '=' ? 'stay' : cell === 'R!' ? 'ask' : cell === 'die' ? 'die' : stateOf(cell));

test('the matrix has a row for every state but startup, and a column for every state', () => {
  assert.equal(cells.length, 12 * 13);
  assert.deepEqual([...columns].sort(), [...serverStates].sort());
});

for (const { mine, partner, cell } of cells) {
  const id = `${mine}/${partner}`;
  const ours = inWords(ourSafer[id] ?? cell);
  test(`running: ${mine} hears ${partner}: ${ours}`, () => {
    assert.equal(reactionTo(mine, partner), ours);
    assert.equal(id in safer, id in ourSafer, 'a cell that differs from ISC is listed');
    if (id in safer) assert.equal(safer[id], inWords(cell));
  });
  test(`starting: saved ${mine} hears ${partner}`, () => {
    const expected =
      mine === 'normal' && partner === 'partner-down' ? 'recover' : ours === 'stay' ? mine : ours === 'ask' ? 'recover' : ours;
    assert.equal(startupReaction(mine, partner), expected);
  });
}

test('a running startup stays in startup: it is left by startupReaction only', () => {
  for (const partner of serverStates) assert.equal(reactionTo('startup', partner), 'stay');
});

test('no cell ends the process, and none makes a node serve nobody until an operator comes', () => {
  for (const mine of serverStates)
    for (const partner of serverStates) assert.notEqual(reactionTo(mine, partner), mine === 'shutdown' ? '' : 'shutdown');
});

test('state numbers are ISC’s', () => {
  const numbers: Record<string, number> = {
    UN: 0, ST: 1, N: 2, CI: 3, PD: 4, PC: 5, R: 6, PA: 7, SD: 8, RD: 9, RI: 10, CD: 11, RW: 254,
  };
  for (const [word, code] of Object.entries(numbers)) assert.equal(serverStateCode[stateOf(word)], code);
});

test('a lost link, or a startup that heard nobody (§4.3)', () => {
  const rows: Record<string, string> = { N: 'CI', PC: 'RI', UN: 'RI' };
  for (const state of serverStates) {
    const word = Object.keys(short).find((key) => short[key] === state) ?? '';
    assert.equal(onDisconnect[state], rows[word] === undefined ? undefined : stateOf(rows[word]));
  }
});

const updateDone = [
  { id: 'recover, partner recovers too', mine: 'R', role: 'any', partner: 'R', over: false, to: 'recover-done' },
  { id: 'recover, partner is done', mine: 'R', role: 'any', partner: 'RD', over: false, to: 'recover-done' },
  { id: 'recover, wait over', mine: 'R', role: 'any', partner: 'PD', over: true, to: 'recover-done' },
  { id: 'recover, wait not over', mine: 'R', role: 'any', partner: 'PD', over: false, to: 'recover-wait' },
  { id: 'conflict, primary', mine: 'PC', role: 'primary', partner: 'PC', over: false, to: 'conflict-done' },
  { id: 'conflict, primary, partner is done', mine: 'PC', role: 'primary', partner: 'CD', over: false, to: 'error' },
  { id: 'conflict, secondary, partner is done', mine: 'PC', role: 'secondary', partner: 'CD', over: false, to: 'normal' },
  { id: 'conflict, secondary, too early', mine: 'PC', role: 'secondary', partner: 'PC', over: false, to: 'error' },
  { id: 'conflict-done', mine: 'CD', role: 'any', partner: 'PC', over: false, to: 'error' },
  { id: 'normal', mine: 'N', role: 'any', partner: 'N', over: false, to: 'stay' },
  { id: 'partner-down', mine: 'PD', role: 'any', partner: 'R', over: true, to: 'stay' },
] as const;
for (const { id, mine, role, partner, over, to } of updateDone)
  test(`update done (§4.7): ${id}`, () => {
    for (const each of role === 'any' ? (['primary', 'secondary'] as const) : [role])
      assert.equal(onUpdateDone(stateOf(mine), each, stateOf(partner), over), to);
  });

test('service and the text after “not responding” (§4.1)', () => {
  const rows: Record<string, string> = {
    UN: 'none (my state unknown)', ST: 'none (startup)', N: 'cooperating', CI: 'alone', PD: 'partner-down',
    PC: 'none (resolving conflicts)', R: 'none (recovering)', PA: 'none (paused)', SD: 'none (shut down)',
    RD: 'none (recover done)', RI: 'none (resolving conflicts)', CD: 'none (resolving conflicts)', RW: 'none (recover wait)',
  };
  for (const [word, expected] of Object.entries(rows)) {
    const { service, reason } = serviceOf[stateOf(word)];
    assert.equal(`${service}${reason}`, expected);
  }
});

test('what the partner demands silences a node that would serve, and an operator’s partner-down overrules it', () => {
  for (const partner of serverStates) {
    const demand = partnerOverride[partner];
    const interrupted = serviceFor('communications-interrupted', partner);
    assert.equal(interrupted.service, demand === undefined ? 'alone' : 'none');
    assert.equal(interrupted.reason, demand ?? '');
    assert.equal(serviceFor('partner-down', partner).service, 'partner-down');
    assert.equal(serviceFor('recover', partner).reason, ' (recovering)');
  }
  assert.deepEqual(Object.keys(partnerOverride).sort(), ['PD', 'PC', 'CD', 'RI'].map(stateOf).sort());
});

test('clients are shared out by hash only with a partner that serves', () => {
  for (const partner of serverStates) {
    if (partnerOverride[partner] !== undefined) continue;
    const { service } = serviceFor('normal', partner);
    assert.equal(service, partner === 'normal' || partner === 'communications-interrupted' ? 'cooperating' : 'alone');
  }
});

test('nothing else than these four states is ever announced to a dhcpd in conflict-done', () => {
  assert.deepEqual([...bearableInConflictDone].sort(), ['N', 'SD', 'PC', 'RI'].map(stateOf).sort());
});
