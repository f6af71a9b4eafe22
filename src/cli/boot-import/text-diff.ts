// What changes between two texts, line by line, as people read it before they say yes.

/** Beyond this many comparisons everything between the common ends counts as changed. */
const cellsMax = 4_000_000;
const contextLines = 2;

type Edit = readonly [mark: ' ' | '-' | '+', line: string];

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Longest common subsequence of the middles, as edits. */
function middle(before: readonly string[], after: readonly string[]): Edit[] {
  if (before.length * after.length > cellsMax) return [...before.map((line): Edit => ['-', line]), ...after.map((line): Edit => ['+', line])];
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i * width + j] = before[i] === after[j]
        ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length)
    if (i < before.length && j < after.length && before[i] === after[j]) {
      edits.push([' ', before[i++] ?? '']);
      j++;
    } else if (j >= after.length || (i < before.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))) edits.push(['-', before[i++] ?? '']);
    else edits.push(['+', after[j++] ?? '']);
  return edits;
}

/** Changed lines with a little around them, ` `, `-` or `+` in front, `…` where lines are left out. Empty: nothing changes. */
export function lineDiff(beforeText: string, afterText: string): string[] {
  const [before, after] = [linesOf(beforeText), linesOf(afterText)];
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (lines: readonly string[]): Edit[] => lines.map((line) => [' ', line]);
  const edits = [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
  const isNear = (index: number): boolean => edits.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(([mark]) => mark !== ' ');
  if (!edits.some(([mark]) => mark !== ' ')) return [];
  const out: string[] = [];
  edits.forEach(([mark, line], index) => {
    if (isNear(index)) out.push(`${mark} ${line}`.trimEnd());
    else if (out.at(-1) !== '…') out.push('…');
  });
  return out;
}
