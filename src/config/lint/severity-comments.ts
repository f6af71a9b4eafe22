// `# leasehold: severity L2014 info` makes a lint, or another warning, a remark in its file, `… warning` something to be done. An
// error stays one, and nothing becomes one: errors are what the server does not start with.

import type { Diagnostic, Severity } from '../../model/diagnostic.ts';
import type { SourceFile } from '../../model/span.ts';

const mark = /#\s*leasehold:\s*severity\s+([CL]\d{4}(?:\s*,?\s*[CL]\d{4})*)\s+(warning|info)\b/gi;

function read({ text }: SourceFile): ReadonlyMap<string, Severity> {
  const severities = new Map<string, Severity>();
  for (const [, codes = '', severity = ''] of text.matchAll(mark))
    for (const code of codes.toUpperCase().match(/[CL]\d{4}/g) ?? []) severities.set(code, severity.toLowerCase() as Severity);
  return severities;
}

/** By the comments of the file that a lint is about; the last one for a code counts. */
export function withSeverities(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map<SourceFile, ReadonlyMap<string, Severity>>();
  return diagnostics.map((diagnostic) => {
    const { code, span: { file } } = diagnostic;
    if (diagnostic.severity === 'error') return diagnostic;
    const severities = files.get(file) ?? read(file);
    files.set(file, severities);
    const severity = severities.get(code);
    return severity === undefined ? diagnostic : { ...diagnostic, severity };
  });
}
