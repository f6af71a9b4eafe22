// Which classes a packet is in (server reference §12.3): in declaration order, at most five, once per packet and before any
// lease is known. Subclasses are found by one lookup, however many there are.

import { fromLatin1, toHex } from '../std/bytes.ts';
import type { ClassDeclaration, Scope, ServerConfig, Subclass } from '../model/server-config.ts';
import type { Recorder } from '../model/why.ts';
import { evaluateBoolean, evaluateData, type Environment } from './evaluate.ts';

/** dhcpd's limit. */
const classesMax = 5;
/** Subclasses that clients may spawn in all; more are members of the class alone. */
const spawnedMax = 65_536;

export interface Membership {
  readonly declaration: ClassDeclaration;
  /** Configured, or spawned for a value (then without statements of its own). */
  readonly subclassKey: Uint8Array | undefined;
  readonly subclass: Subclass | undefined;
}

/** One set of memberships, made once: equal sets are the same object, so that it can be a key. */
export interface ClassSet {
  readonly id: number;
  /** Equal for sets that run the same statements: spawned subclasses differ in their key only. */
  readonly scopesId: number;
  readonly members: readonly Membership[];
  /** Weakest first: the class declared first wins. */
  readonly scopes: readonly Scope[];
  readonly hasClass: (index: number) => boolean;
}

const noClasses: ClassSet = { id: 0, scopesId: 0, members: [], scopes: [], hasClass: () => false };

export class Classes {
  readonly #classes: readonly ClassDeclaration[];
  readonly #subclasses: readonly ReadonlyMap<string, Subclass>[];
  readonly #sets = new Map<string, ClassSet>();
  readonly #scopesIds = new Map<string, number>();
  #spawnedCount = 0;
  readonly isEmpty: boolean;

  constructor(config: ServerConfig) {
    this.#classes = config.classes;
    this.isEmpty = config.classes.length === 0;
    this.#subclasses = config.classes.map(
      ({ subclasses }) => new Map(subclasses.map((subclass) => [fromLatin1(subclass.key), subclass])),
    );
  }

  /** PERF: without classes this is one comparison. */
  of(environment: () => Environment, why: Recorder | undefined): ClassSet {
    if (this.isEmpty) return noClasses;
    const env = environment();
    const members: Membership[] = [];
    for (const declaration of this.#classes) {
      const member = this.#member(declaration, env);
      if (why !== undefined)
        why.step('class', `${declaration.name}: ${member === undefined ? `no, ${this.#whyNot(declaration, env)}` : 'member'}`, declaration.span);
      if (member === undefined) continue;
      if (members.length >= classesMax) {
        env.report(`too many classes match ${declaration.name}`);
        break;
      }
      members.push(member);
    }
    return members.length === 0 ? noClasses : this.#intern(members);
  }

  /** For `explain` alone. */
  #whyNot({ matchIf, submatch }: ClassDeclaration, env: Environment): string {
    if (matchIf !== undefined && evaluateBoolean(matchIf, env) !== true) return 'its match if is not true';
    if (submatch === undefined) return 'it matches on nothing';
    const key = evaluateData(submatch, env);
    return key === undefined ? 'the client does not send what it matches on' : `no subclass for ${toHex(key, ':')}`;
  }

  #member(declaration: ClassDeclaration, env: Environment): Membership | undefined {
    const { matchIf, submatch, spawns, index } = declaration;
    if (matchIf !== undefined && evaluateBoolean(matchIf, env) !== true) return undefined;
    if (submatch === undefined)
      return matchIf === undefined ? undefined : { declaration, subclassKey: undefined, subclass: undefined };
    const key = evaluateData(submatch, env);
    if (key === undefined) return undefined;
    const subclass = this.#subclasses[index]?.get(fromLatin1(key));
    if (subclass !== undefined) return { declaration, subclassKey: subclass.key, subclass };
    return spawns ? { declaration, subclassKey: key.slice(), subclass: undefined } : undefined;
  }

  #intern(members: readonly Membership[]): ClassSet {
    const key = members
      .map(({ declaration, subclassKey }) => `${declaration.index}:${subclassKey === undefined ? '' : fromLatin1(subclassKey)}`)
      .join('\n');
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const scopesKey = members
      .map(({ declaration, subclass }) => `${declaration.index}:${subclass === undefined ? '' : fromLatin1(subclass.key)}`)
      .join('\n');
    let scopesId = this.#scopesIds.get(scopesKey);
    if (scopesId === undefined) this.#scopesIds.set(scopesKey, (scopesId = this.#scopesIds.size + 1));
    const indexes = new Set(members.map(({ declaration }) => declaration.index));
    const made: ClassSet = {
      id: ++this.#spawnedCount,
      scopesId,
      members,
      scopes: members.toReversed().flatMap(({ declaration, subclass }) => [...declaration.scopes, ...(subclass?.scopes ?? [])]),
      hasClass: (index) => indexes.has(index),
    };
    if (this.#sets.size < spawnedMax) this.#sets.set(key, made);
    return made;
  }
}
