// Statements that a client sends for a host or a group: read by the same parser as dhcpd.conf, held against a list of what may come
// from outside, and written anew, so that nothing of the client's text reaches the lease file (OMAPI reference §4.2, §7.1 items 2 and 11).

import { err, ok, type Result } from '../../std/result.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import type { Body, Item } from '../../lang/ast.ts';
import { lowerValue } from '../../lang/lower.ts';
import { parseConfig } from '../../lang/parse.ts';
import { decodeSource } from '../../lang/source-text.ts';
import { noInclude, optionsOf } from '../../lease/host-scopes.ts';
import { omapiResult } from './results.ts';
import { asFileText, writeStatements } from './statement-writer.ts';

/** Kinds that may come from outside. `on` and `if` are looked into; `execute` only where the configuration allows it. */
const allowedKinds: ReadonlySet<Item['kind']> = new Set([
  'option-statement', 'flag-statement', 'if', 'switch', 'break', 'set', 'unset', 'log', 'on',
]);

export interface ClientStatements {
  /** Each one whole, as it stands in the lease file. */
  readonly lines: readonly string[];
  /** `option dhcp-client-identifier` names the client instead of being sent. */
  readonly uid: Uint8Array | undefined;
}

/** Err: `parseError` for what cannot be read or may not come from outside, `invalidArgument` for no text at all. */
export function readStatements(value: Uint8Array, config: ServerConfig, allowsExecute: boolean): Result<ClientStatements, number> {
  if (value.length === 0) return err(omapiResult.invalidArgument);
  const body = parseBody(decodeSource(value), config);
  if (body === undefined || !isAllowed(body, allowsExecute)) return err(omapiResult.parseError);
  let uid: Uint8Array | undefined;
  const kept = body.filter((item) => {
    const named = clientIdentifier(item);
    if (named !== undefined) uid = named;
    return named === undefined;
  });
  return ok({ lines: writeStatements(kept).map(asFileText), uid });
}

/** The statements of a host or group as it is declared. */
export function statementsOf(declaration: string, config: ServerConfig): readonly string[] {
  const { tree } = parseConfig({ name: 'dhcpd.conf', text: declaration }, optionsOf(config), noInclude);
  const [block] = tree.body;
  if (block?.kind !== 'host' && block?.kind !== 'group') return [];
  const statements = block.body.filter((item) => allowedKinds.has(item.kind) || item.kind === 'execute');
  return writeStatements(statements.filter((item) => clientIdentifier(item) === undefined)).map(asFileText);
}

/** The body of a host of this text; undefined when the text has a fault or ends the declaration itself. */
function parseBody(text: string, config: ServerConfig): Body | undefined {
  const source = { name: 'OMAPI statements', text: `host x {\n${text}\n}\n` };
  const { tree, diagnostics } = parseConfig(source, optionsOf(config), noInclude);
  const [only] = tree.body;
  const isWhole = tree.body.length === 1 && only?.kind === 'host' && !diagnostics.some(({ severity }) => severity === 'error');
  return isWhole ? only.body : undefined;
}

const isAllowed = (body: Body, allowsExecute: boolean): boolean => body.every((item) => isItemAllowed(item, allowsExecute));

function isItemAllowed(item: Item, allowsExecute: boolean): boolean {
  if (item.kind === 'execute') return allowsExecute;
  if (!allowedKinds.has(item.kind)) return false;
  if (item.kind === 'on') return isAllowed(item.body, allowsExecute);
  if (item.kind === 'if') return isAllowed(item.then, allowsExecute) && isAllowed(item.else ?? [], allowsExecute);
  if (item.kind === 'switch') return item.cases.every(({ body }) => isAllowed(body, allowsExecute));
  return true;
}

function clientIdentifier(item: Item): Uint8Array | undefined {
  if (item.kind !== 'option-statement' || item.operator !== 'option') return undefined;
  const { space, code } = item.option.definition;
  if (space !== 'dhcp' || code !== 61) return undefined;
  const value = lowerValue(item.value);
  return value?.kind === 'constant' ? value.bytes : undefined;
}
