// docs/lints.md: each lint with what it is about, a text that it complains of, and what it says there, remedy included.

import { check } from '../src/config/testing.ts';
import { lintCases } from '../src/config/lint/lint-testing.ts';
import { lints } from '../src/config/lint/lints.ts';
import { renderDiagnostic } from '../src/cli/render-diagnostic.ts';

/** Without the marks of the test. */
const textOf = (fires: string): string => fires.split('\n').filter((line) => !/^#\s+\^+ /.test(line)).join('\n');

const saidOf = (text: string, code: string) => check(text).report.filter((diagnostic) => diagnostic.code === code);

function exampleOf(code: string): string {
  const cases = lintCases.filter(({ codes, fires }) => codes.includes(code) && fires !== '').map(({ fires }) => textOf(fires));
  const text = cases.find((one) => saidOf(one, code).length > 0);
  if (text === undefined) throw new Error(`${code} says nothing of any case in lint-testing.ts`);
  const said = saidOf(text, code);
  const seen = new Set<string>();
  const rendered = said.map((diagnostic) => renderDiagnostic(diagnostic)).filter((lines) => !seen.has(lines) && seen.add(lines)).slice(0, 2);
  return `\`\`\`\n${text.trim()}\n\`\`\`\n\n\`\`\`text\n${rendered.join('\n\n')}\n\`\`\``;
}

export const lintPage = (): string => `# Lints

What \`leasehold check\` says where dhcpd says nothing, in the order of a report: each with a configuration it complains of, and its words,
remedy included. How to silence one, or to change its weight: [check.md](check.md). The \`L25…\` codes compare two nodes and are shown by
\`leasehold check A.conf --peer B.conf\`.

${lints.map(({ codes, about }) => codes.map((code) => `## ${code}\n\n${about}\n\n${exampleOf(code)}`).join('\n\n')).join('\n\n')}
`;
