// `check --format`: indentation, trailing blanks and empty lines put in order. Nothing else is touched, so that no comment, column
// or statement changes: the file means the same to the letter.

const indentSize = 2;

interface Line {
  /** Without blanks at both ends; of a line that began inside a string the whole text. */
  readonly text: string;
  readonly beganInString: boolean;
  /** Braces closed before anything else stands on the line. */
  readonly closesFirst: number;
  /** Braces opened less braces closed. */
  readonly balance: number;
  /** The last sign of code: a statement that is not ended goes on in the next line. Empty for a line without code. */
  readonly lastSign: string;
  readonly endsInString: boolean;
}

/** Reads one line, knowing whether it begins inside a string: braces and `#` in strings and comments do not count. */
function readLine(raw: string, beganInString: boolean): Line {
  let isInString = beganInString;
  let balance = 0;
  let closesFirst = 0;
  let lastSign = '';
  for (let at = 0; at < raw.length; at++) {
    const sign = raw.charAt(at);
    if (isInString) {
      if (sign === '\\') at++;
      else if (sign === '"') isInString = false;
      continue;
    }
    if (sign === '#') break;
    if (/\s/.test(sign)) continue;
    if (sign === '"') isInString = true;
    if (sign === '{') balance++;
    if (sign === '}') {
      balance--;
      if (lastSign === '' || (lastSign === '}' && closesFirst === -balance - 1)) closesFirst++;
    }
    lastSign = sign;
  }
  const text = beganInString ? raw : isInString ? raw.trimStart() : raw.trim();
  return { text, beganInString, closesFirst, balance, lastSign, endsInString: isInString };
}

const endsStatement = (sign: string): boolean => sign === ';' || sign === '{' || sign === '}';

/** The text with one newline at its end. */
export function formatText(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let isInString = false;
  let isContinued = false;
  for (const raw of text.replaceAll('\r\n', '\n').split('\n')) {
    const line = readLine(raw, isInString);
    isInString = line.endsInString;
    if (line.text === '' && !line.beganInString) {
      if (out.length > 0 && out.at(-1) !== '') out.push('');
      continue;
    }
    const level = Math.max(0, depth - line.closesFirst) + (isContinued && line.closesFirst === 0 && line.text !== '{' ? 1 : 0);
    out.push(line.beganInString ? line.text : ' '.repeat(level * indentSize) + line.text);
    depth = Math.max(0, depth + line.balance);
    if (line.lastSign !== '') isContinued = !endsStatement(line.lastSign);
  }
  while (out.at(-1) === '') out.pop();
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}
