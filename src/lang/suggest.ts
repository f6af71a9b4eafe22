// "Did you mean …?": the nearest known word.

/** Edits that turn `from` into `to`: insert, delete, replace, swap neighbours. Gives up beyond `limit`. */
function distance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[to.length] ?? limit + 1;
}

/** The word of `known` nearest to `word`, case ignored; undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  // Long misspelt words of a file must not cost time.
  if (wanted.length > 60) return undefined;
  let limit = wanted.length <= 4 ? 1 : wanted.length <= 8 ? 2 : 3;
  let best: string | undefined;
  for (const candidate of known) {
    const edits = distance(wanted, candidate.toLowerCase(), limit);
    if (edits <= limit && candidate !== word) {
      best = candidate;
      limit = edits - 1;
    }
    if (limit < 0) break;
  }
  return best;
}
