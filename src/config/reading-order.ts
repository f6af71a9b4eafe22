// Diagnostics of the parser and of the builder, in the order in which dhcpd would have met them.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourceFile } from '../model/span.ts';
import type { Body, FileTree } from '../lang/ast.ts';

/** Where files are included: offsets from the main file down. An included file is read at its include statement. */
type Path = readonly number[];

function includePaths(tree: FileTree): ReadonlyMap<SourceFile, Path> {
  const paths = new Map<SourceFile, Path>([[tree.source, []]]);
  const visit = (body: Body): void => {
    for (const item of body) {
      if (item.kind === 'include' && item.source !== undefined) {
        paths.set(item.source, [...(paths.get(item.span.file) ?? []), item.span.end]);
      }
      if ('body' in item) visit(item.body);
    }
  };
  visit(tree.body);
  return paths;
}

function compare(a: Path, b: Path): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? Infinity) - (b[i] ?? Infinity);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}

/** A complaint that the parser makes already is not made twice. */
const twinKey = ({ dhcpdText, dhcpdPlace }: Diagnostic): string | undefined =>
  dhcpdText && `${dhcpdText[0]} ${dhcpdPlace?.file.name} ${dhcpdPlace?.line}`;

export function inReadingOrder(
  tree: FileTree,
  parsed: readonly Diagnostic[],
  built: readonly Diagnostic[],
): Diagnostic[] {
  const said = new Set(parsed.map(twinKey));
  const own = built.filter(
    (diagnostic) => diagnostic.dhcpdText === undefined || !said.has(twinKey(diagnostic)),
  );
  if (own.length === 0) return [...parsed];
  const paths = includePaths(tree);
  const place = ({ dhcpdPlace, span }: Diagnostic): Path => {
    const file = dhcpdPlace?.file ?? span.file;
    return [...(paths.get(file) ?? []), dhcpdPlace?.offset ?? span.end];
  };
  const placed = [...parsed, ...own].map((diagnostic) => ({ diagnostic, path: place(diagnostic) }));
  return placed.toSorted((a, b) => compare(a.path, b.path)).map(({ diagnostic }) => diagnostic);
}
