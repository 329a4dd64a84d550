/** Name -> version, of live-build's lists: name, tab, version. */
export function parsePackages(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.split('\t'));
  return new Map(lines.flatMap(([name, version]) => (name && version ? [[name, version] as const] : [])));
}
