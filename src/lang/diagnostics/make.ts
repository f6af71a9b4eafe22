// How diagnostics of the language are put together. Codes are stable and never reused:
// C00xx text and punctuation · C01xx where a declaration may stand · C02xx options and values · C03xx expressions and statements ·
// C04xx hosts, classes, networks, pools · C05xx keys and zones · C06xx failover · C07xx lease file · C08xx DHCPv6.

import type { Diagnostic, DiagnosticNote } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';

interface Details {
  /** dhcpd's text; several lines when it prints more than one. */
  readonly dhcpd?: string | readonly string[];
  readonly notes?: readonly DiagnosticNote[];
  readonly help?: string;
  readonly fix?: { readonly span: Span; readonly replacement: string };
  /** dhcpd ends at once. */
  readonly isFatal?: boolean;
}

function make(severity: Diagnostic['severity'], code: string, span: Span, message: string, details: Details): Diagnostic {
  const { dhcpd, notes = [], help, fix, isFatal } = details;
  return {
    code,
    severity,
    span,
    message,
    notes,
    ...(dhcpd === undefined ? {} : { dhcpdText: typeof dhcpd === 'string' ? [dhcpd] : dhcpd }),
    ...(isFatal === true ? { dhcpdFatal: true } : {}),
    ...(help === undefined ? {} : { help }),
    ...(fix === undefined ? {} : { fix }),
  };
}

export const error = (code: string, span: Span, message: string, details: Details = {}): Diagnostic =>
  make('error', code, span, message, details);
export const warning = (code: string, span: Span, message: string, details: Details = {}): Diagnostic =>
  make('warning', code, span, message, details);
export const info = (code: string, span: Span, message: string, details: Details = {}): Diagnostic =>
  make('info', code, span, message, details);

export const textOf = (span: Span): string => span.file.text.slice(span.start, span.end);

/** For messages: a token between backquotes, shortened; the end of the file by name. */
export function shown(span: Span): string {
  const text = textOf(span).split('\n')[0] ?? '';
  if (span.start === span.end) return 'the end of the file';
  return text.length > 40 ? `\`${text.slice(0, 37)}…\`` : `\`${text}\``;
}
