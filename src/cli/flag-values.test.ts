// What flags take, and that serve and leases refuse a number that is none: both took it for one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildApplication, buildRouteMap, run } from '@stricli/core';
import type { ServeSettings } from '../shell/settings.ts';
import type { CliContext } from './cli-context.ts';
import { dottedAddress, numberIn, serverPort, wholeIn } from './flag-values.ts';
import { leaseRoutes } from './lease-commands.ts';
import { serveCommand } from './serve-command.ts';

const refusals: readonly (readonly [(text: string) => unknown, string, RegExp])[] = [
  [wholeIn(1, 600), '0', /^SyntaxError: 0 is not a whole number from 1 to 600$/],
  [wholeIn(1, 600), '601', /601/],
  [wholeIn(1, 600), '1.5', /1\.5/],
  [wholeIn(0, 600), '', / is not a whole number/],
  [wholeIn(0, 600), 'ten', /ten/],
  [numberIn(0, 1), '1.01', /^SyntaxError: 1\.01 is not a number from 0 to 1$/],
  [numberIn(0, 1), ' ', /is not a number/],
  [serverPort, '65535', /from 1 to 65534$/],
  [dottedAddress, '10.0.0', /^SyntaxError: 10\.0\.0 is not an IPv4 address$/],
];
for (const [parse, text, message] of refusals)
  test(`"${text}" is refused: ${message.source}`, () => {
    assert.throws(() => parse(text), (error: unknown) => message.test(String(error)));
  });

test('what lies inside is taken', () => {
  assert.deepEqual([wholeIn(1, 600)('600'), numberIn(0, 1)('0.5'), serverPort('1067'), dottedAddress('10.0.0.1')], [600, 0.5, 1067, 0x0a000001]);
});

/** What a command wrote to standard error, and the settings that a server was started with. */
async function saidBy(...words: readonly string[]): Promise<{ readonly errors: string; readonly served: ServeSettings[] }> {
  const served: ServeSettings[] = [];
  const serve = (settings: ServeSettings): Promise<number> => Promise.resolve(served.push(settings) - 1);
  const routes = { serve: serveCommand(serve), leases: leaseRoutes(() => assert.fail('nothing is repaired')) };
  let errors = '';
  const stream = { write: (text: string) => void (errors += text) };
  const context = { process: { stdout: stream, stderr: stream, exitCode: 0, env: {} } } as unknown as CliContext;
  await run(buildApplication(buildRouteMap({ docs: { brief: 'test' }, routes }), { name: 'leasehold' }), words, context);
  return { errors, served };
}

test('serve: a port that is none starts no server', async () => {
  for (const word of ['abc', '0', '65535', '67.5']) {
    const { errors, served } = await saidBy('serve', '--port', word);
    assert.match(errors, new RegExp(`${word} is not a whole number from 1 to 65534`));
    assert.deepEqual(served, []);
  }
  const { served } = await saidBy('serve', '--port', '1067');
  assert.deepEqual(served.map(({ port }) => port), [1067]);
});

test('leases list: a limit that is none asks nobody', async () => {
  const { errors } = await saidBy('leases', 'list', '--limit', 'few');
  assert.match(errors, /few is not a whole number from 0 to/);
});
