import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LiveBuild } from './liveBuild.ts';
import type { Row } from './row.ts';

export interface Finished {
  readonly isDone: boolean;
  readonly output: string;
  readonly warnings: number;
}

/** `lb` of one side: words to start it, and what is in its environment. */
export interface Program {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly warning: RegExp;
}

const package_ = fileURLToPath(new URL('../../', import.meta.url));

/** Ours, as compiled. */
export const ours: Program = {
  argv: [process.execPath, join(package_, 'bin/lb.js')],
  env: { PATH: process.env['PATH'] ?? '' },
  warning: /^\[[0-9:]+\] ! /gm,
};

export const ourStockHooks = join(package_, 'share/hooks');

/** Theirs. Its own `lb` must be what `lb` in auto scripts means. */
export function theirs({ lb, checkout }: LiveBuild): Program {
  const path = `${dirname(lb)}:${process.env['PATH'] ?? ''}`;
  return { argv: ['sh', lb], env: { PATH: path, LIVE_BUILD: checkout }, warning: /^W: /gm };
}

/** Suite and mirrors that both are given, as their defaults differ. */
const plain = {
  LB_DISTRIBUTION: 'trixie',
  LB_MIRROR_BOOTSTRAP: 'http://mirror.example/debian/',
  LB_MIRROR_BINARY: 'http://mirror.example/debian/',
  LB_MIRROR_CHROOT_SECURITY: 'http://security.example/',
  LB_MIRROR_BINARY_SECURITY: 'http://security.example/',
};

export interface Scene {
  readonly directory: string;
  readonly row: Row;
}

/** Puts the row's files into the scene's directory, and its repository beside it. */
export function lay({ directory, row }: Scene): void {
  mkdirSync(directory, { recursive: true });
  writeFiles(directory, row.files ?? {});
  if (row.repository === undefined) return;
  const repository = `${directory}.git`;
  const git = (...words: readonly string[]) => {
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.org'];
    execFileSync('git', [...identity, ...words], { cwd: repository, stdio: 'pipe' });
  };
  mkdirSync(repository);
  git('init', '--quiet', '--initial-branch', 'main');
  git('commit', '--quiet', '--allow-empty', '--message', 'Begin');
  git('checkout', '--quiet', '-b', 'own');
  writeFiles(repository, row.repository);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Add files');
  git('checkout', '--quiet', 'main');
}

function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { mode: path.startsWith('auto/') ? 0o755 : 0o644 });
  }
}

/** Runs `lb config WORDS`, with the row's /etc/live where it has one. */
export function configure(program: Program, scene: Scene, words: readonly string[]): Promise<Finished> {
  const { directory, row } = scene;
  const env = {
    ...{ LC_ALL: 'C.UTF-8', HOME: directory, NO_COLOR: '1', ...program.env },
    ...(row.isBare ? {} : plain),
    ...row.env,
  };
  const meant = words.map((word) => word.replace('@REPOSITORY@', `file://${directory}.git`));
  const argv = [...withSystemFiles(scene), ...program.argv, 'config', ...meant];
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ isDone: code === 0, output, warnings: output.match(program.warning)?.length ?? 0 });
    });
  });
}

/** A mount namespace in which the row's system files are in /etc/live, over an /etc that is the machine's otherwise. */
function withSystemFiles({ directory, row }: Scene): string[] {
  if (row.system === undefined) return [];
  const layer = `${directory}.etc`;
  for (const [path, text] of Object.entries(row.system)) {
    mkdirSync(dirname(join(layer, 'live', path)), { recursive: true });
    writeFileSync(join(layer, 'live', path), text);
  }
  // Two layers that are only read: an upper one would leave a directory behind that its owner may not open.
  const script = 'mount -t overlay overlay -o "$0" /etc && exec "$@"';
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, `lowerdir=${layer}:/etc`];
}
