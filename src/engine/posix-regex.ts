// POSIX extended regular expressions of `~=` and `~~`, as JavaScript ones (dhcpd-conf reference §8.2).

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~', xdigit: '0-9A-Fa-f', cntrl: '\\x00-\\x1f\\x7f', print: '\\x20-\\x7e', graph: '\\x21-\\x7e',
};

/** A bracket expression that begins at `from` (the `[`): its translation and where it ends. */
function bracket(pattern: string, from: number): { readonly text: string; readonly end: number } | undefined {
  let at = from + 1;
  let text = '[';
  if (pattern[at] === '^') {
    text += '^';
    at++;
  }
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    const char = pattern[at] ?? '';
    if (char === ']' && !isFirst) return { text: `${text}]`, end: at + 1 };
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 12));
    if (named !== null) {
      const members = classes[named[1] ?? ''];
      if (members === undefined) return undefined;
      text += members;
      at += named[0].length;
      continue;
    }
    // In POSIX a backslash is an ordinary member.
    text += char === '\\' || char === '[' || char === ']' ? `\\${char}` : char;
    at++;
  }
  return undefined;
}

function translate(pattern: string): string | undefined {
  let text = '';
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at] ?? '';
    if (char === '[') {
      const made = bracket(pattern, at);
      if (made === undefined) return undefined;
      text += made.text;
      at = made.end;
    } else if (char === '\\') {
      const escaped = pattern[at + 1];
      if (escaped === undefined) return undefined;
      text += /[A-Za-z0-9]/.test(escaped) ? escaped : `\\${escaped}`;
      at += 2;
    } else if (char === '(' && pattern[at + 1] === '?') return undefined;
    else {
      text += char;
      at++;
    }
  }
  return text;
}

const cacheMax = 256;

/** Compiled patterns by text; an invalid one is remembered as undefined and matches nothing. */
export class RegexCache {
  readonly #compiled = new Map<string, RegExp | undefined>();

  compile(pattern: string, ignoreCase: boolean): RegExp | undefined {
    const key = `${ignoreCase ? 'i' : 'c'}${pattern}`;
    if (this.#compiled.has(key)) return this.#compiled.get(key);
    if (this.#compiled.size >= cacheMax) this.#compiled.clear();
    const made = compile(pattern, ignoreCase);
    this.#compiled.set(key, made);
    return made;
  }
}

function compile(pattern: string, ignoreCase: boolean): RegExp | undefined {
  const source = translate(pattern);
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, ignoreCase ? 'is' : 's');
  } catch {
    // SyntaxError: dhcpd says nothing about a bad expression and takes it as false.
    return undefined;
  }
}
