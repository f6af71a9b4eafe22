// A node:test reporter: failures in full, skipped tests with their reason, and the closing counts.
// JavaScript, because the runner loads reporters before any loader of ours.

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} source */
export default async function* summary(source) {
  const failures = [];
  const skipped = [];
  let passedCount = 0;
  for await (const event of source) {
    if (event.type === 'test:pass') {
      const { skip, name, details } = event.data;
      if (skip !== undefined) skipped.push(`${name}${typeof skip === 'string' ? `: ${skip}` : ''}`);
      else if (details.type !== 'suite') passedCount++;
    } else if (event.type === 'test:fail') {
      const { name, file, details } = event.data;
      failures.push({ name, file, error: details.error });
    } else if (event.type === 'test:stderr') yield event.data.message;
  }
  yield '\n';
  for (const line of skipped) yield `skipped  ${line}\n`;
  for (const { name, file, error } of failures) {
    const cause = error?.cause ?? error;
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    yield `\nFAILED   ${name}\n  in ${file ?? 'unknown file'}\n  ${text.split('\n').join('\n  ')}\n`;
  }
  yield `tests ${passedCount + failures.length + skipped.length}\npass ${passedCount}\nfail ${failures.length}\nskipped ${skipped.length}\n`;
  yield `${passedCount} passed, ${failures.length} failed, ${skipped.length} skipped\n`;
}
