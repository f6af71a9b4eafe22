// docs/lints.md: each lint with what it is about, a text that it complains of, and what it says there, remedy included.

import { checkConfig } from '../src/config/check-config.ts';
import type { ConfigDraft } from '../src/config/load-config.ts';
import { checkPeers } from '../src/config/pair/check-peers.ts';
import { pairRows, pairText, primaryText, secondaryText, type PairRow } from '../src/config/pair/testing.ts';
import { check, readFrom } from '../src/config/testing.ts';
import { lintCases } from '../src/config/lint/lint-testing.ts';
import { warningCases } from '../src/config/warning-testing.ts';
import { lints } from '../src/config/lint/lints.ts';
import { renderDiagnostic } from '../src/cli/render-diagnostic.ts';

/** Without the marks of the test. */
const textOf = (fires: string): string => fires.split('\n').filter((line) => !/^#\s+\^+ /.test(line)).join('\n');

const saidOf = (text: string, code: string) => check(text).report.filter((diagnostic) => diagnostic.code === code);

function exampleOf(code: string): string {
  const cases = lintCases.filter(({ codes, fires }) => codes.includes(code) && fires !== '').map(({ fires }) => textOf(fires));
  const text = cases.find((one) => saidOf(one, code).length > 0);
  if (text === undefined) throw new Error(`${code} says nothing of any case in lint-testing.ts`);
  return exampleIn(text, code);
}
function exampleIn(text: string, code: string): string {
  const said = saidOf(text, code);
  if (said.length === 0) throw new Error(`${code} is not said of its example`);
  const seen = new Set<string>();
  const rendered = said.map((diagnostic) => renderDiagnostic(diagnostic)).filter((lines) => !seen.has(lines) && seen.add(lines)).slice(0, 2);
  return `\`\`\`\n${text.trim()}\n\`\`\`\n\n\`\`\`text\n${rendered.join('\n\n')}\n\`\`\``;
}

function draftOf(path: string, text: string): ConfigDraft {
  const checked = checkConfig({ path, read: readFrom({ [path]: text }) });
  if (!checked.ok) throw new Error(`${path}: ${checked.error.problem}`);
  return checked.value.draft;
}

const agreeing = `${secondaryText}\n${pairText}`;

/** The lines of B.conf that a row changes, before and after, and what is said then. */
function pairExampleOf({ id, codes, from, to }: PairRow): string {
  const changed = agreeing.replace(from, to);
  const said = checkPeers(draftOf('A.conf', `${primaryText}\n${pairText}`), draftOf('B.conf', changed)).filter(({ code }) => codes.includes(code));
  if (said.length === 0) throw new Error(`${codes.join()} says nothing of ${id}`);
  const [before, after] = [agreeing.split('\n'), changed.split('\n')];
  const lines = [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`), ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
  const words = said.slice(0, 2).map((diagnostic) => renderDiagnostic(diagnostic)).join('\n\n');
  return `B.conf differs in ${id}.\n\n\`\`\`diff\n${lines.join('\n')}\n\`\`\`\n\n\`\`\`text\n${words}\n\`\`\``;
}

const pairCodes = [...new Set(pairRows.flatMap(({ codes }) => codes))].toSorted();
const pairSections = (): string[] =>
  pairCodes.map((code) => [`## ${code}`, ...pairRows.filter(({ codes }) => codes.includes(code)).map(pairExampleOf)].join('\n\n'));

export const lintPage = (): string => `# Lints

What \`leasehold check\` says where dhcpd says nothing, in the order of a report: each with a configuration it complains of, and its words,
remedy included. How to silence one, or to change its weight: [check.md](check.md). Warnings of
the language follow, and what is compared between the files of two nodes (\`L25…\`).

${lints.map(({ codes, about }) => codes.map((code) => `## ${code}\n\n${about}\n\n${exampleOf(code)}`).join('\n\n')).join('\n\n')}

# Other warnings

Of the language, with the same comments to silence them. Errors are not listed: each says what was expected, and what may have been meant.

${warningCases.map(({ code, about, text }) => `## ${code}\n\n${about}\n\n${exampleIn(text, code)}`).join('\n\n')}

# Between two nodes

What \`leasehold check A.conf --peer B.conf\` says besides. A.conf is this, and B.conf the same with the other side of the relationship:

\`\`\`
${primaryText}
${pairText.trim()}
\`\`\`

\`\`\`
${secondaryText}
\`\`\`

${pairSections().join('\n\n')}
`;
