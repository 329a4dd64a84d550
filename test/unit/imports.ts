import ts from 'typescript';

/** Source text by path below `src/`, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

/** A file that one of the rules does not allow, and why. */
export interface Violation {
  readonly path: string;
  readonly reason: string;
}

/** The layers from top to bottom; a room may import the rooms of its own layer and of those below it. */
const layers: readonly (readonly string[])[] = [
  ['cli', 'index.ts'],
  ['plan'],
  ['steps'],
  ['config', 'engine', 'store', 'debian', 'rootfs', 'squashfs', 'compat', 'media', 'sandbox', 'serve', 'usb', 'vm'],
  ['events'],
  ['errors.ts', 'atOnce.ts'],
];

interface Import {
  readonly from: string;
  /** As written: `node:fs`, `undici`; imports of own files as paths below `src/`. */
  readonly to: string;
  readonly isOwn: boolean;
}

/** Static, type-only and dynamic imports alike: what is named is depended upon. */
export function listImports(sources: Sources): Import[] {
  return [...sources].flatMap(([from, text]) =>
    ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
      const isOwn = fileName.startsWith('.');
      return { from, to: isOwn ? new URL(fileName, `file:///${from}`).pathname.slice(1) : fileName, isOwn };
    }),
  );
}

export function findUpwardImports(sources: Sources): Violation[] {
  return listImports(sources)
    .filter(({ isOwn }) => isOwn)
    .flatMap(({ from, to }) => {
      const [fromLayer, toLayer] = [layerOf(from), layerOf(to)];
      if (fromLayer === -1) return [{ path: from, reason: `"${roomOf(from)}" has no layer yet` }];
      return toLayer >= fromLayer ? [] : [{ path: from, reason: `imports ${to}, which is of a higher layer` }];
    });
}

/** The user's own auto/ scripts run on the host, as the user: the one thing that is meant to be outside the sandbox. */
const startsPrograms = new Set(['cli/runScript.ts']);

export function findProgramStarters(sources: Sources): Violation[] {
  return listImports(sources)
    .filter(
      ({ from, to }) => /^(node:)?child_process$/.test(to) && roomOf(from) !== 'sandbox' && !startsPrograms.has(from),
    )
    .map(({ from }) => ({ path: from, reason: 'starts programs; only src/sandbox/ does' }));
}

export function findExits(sources: Sources): Violation[] {
  return [...sources]
    .filter(([path, text]) => path !== 'cli/main.ts' && /\bprocess\.exit\s*\(/.test(text))
    .map(([path]) => ({ path, reason: 'calls process.exit; only src/cli/main.ts does' }));
}

export function findDefaultExports(sources: Sources): Violation[] {
  return [...sources]
    .filter(([, text]) => /^export\s+(default\b|\{[^}]*\bas default\b)/m.test(text))
    .map(([path]) => ({ path, reason: 'has a default export' }));
}

/** Rooms that import one another in a circle, each circle once, as `a -> b -> a`. */
export function findRoomCycles(sources: Sources): string[] {
  const graph = roomGraph(sources);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (room: string, trail: readonly string[]) => {
    const start = trail.indexOf(room);
    if (start !== -1) cycles.push([...trail.slice(start), room].join(' -> '));
    if (start !== -1 || done.has(room)) return;
    for (const next of graph.get(room) ?? []) visit(next, [...trail, room]);
    done.add(room);
  };
  for (const room of graph.keys()) visit(room, []);
  return cycles;
}

function roomGraph(sources: Sources): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { from, to, isOwn } of listImports(sources)) {
    if (!isOwn || roomOf(from) === roomOf(to)) continue;
    graph.set(roomOf(from), (graph.get(roomOf(from)) ?? new Set()).add(roomOf(to)));
  }
  return graph;
}

/** The directory directly below `src/`, or the file's own name if it lies there. */
function roomOf(path: string): string {
  return path.split('/')[0]!;
}

function layerOf(path: string): number {
  return layers.findIndex((rooms) => rooms.includes(roomOf(path)));
}
