import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHostMirrors } from '../../src/config/hostMirrors.ts';
import { createDownloader } from '../../src/debian/http.ts';
import { loadArchiveKeys } from '../../src/debian/keys.ts';
import { TOOLS_SUITE, toolsArchitectures, toolsSpec } from '../../src/debian/toolsSpec.ts';
import { resolveToolsTree, unpackToolsTree } from '../../src/debian/toolsTree.ts';
import { loaderArgv } from '../../src/sandbox/loader.ts';
import { openStore } from '../../src/store/local.ts';

const architecture = toolsArchitectures.find(
  (name) => name === execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim(),
);
let directory: string;
let tree: string;

beforeAll(async () => {
  if (architecture === undefined) throw new Error('this test needs a machine that tools trees exist for');
  directory = await mkdtemp(join(tmpdir(), 'lw-tools-tree-'));
  await chmod(directory, 0o755);
  const context = { store: await openStore(join(directory, 'store')), downloader: createDownloader() };
  const { main } = await readHostMirrors('/etc/apt');
  const lock = await resolveToolsTree({
    ...context,
    keys: await loadArchiveKeys(),
    source: { uri: main, suite: TOOLS_SUITE, components: ['main'], architectures: [architecture] },
    spec: toolsSpec('build', architecture),
  });
  tree = await context.store.treePath(await unpackToolsTree(lock, architecture, context));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

// Straight through the tree's loader, so neither root nor a sandbox is needed.
test.each([
  ['usr/bin/unshare', ['--version'], 'util-linux'],
  ['usr/bin/mksquashfs', ['-version'], 'mksquashfs version'],
  ['usr/bin/xorriso', ['-version'], 'xorriso'],
  ['usr/bin/apt-get', ['--version'], 'apt 3'],
  ['usr/bin/dpkg', ['--version'], 'Debian'],
  ['usr/bin/grub-mkimage', ['--version'], 'GRUB'],
  ['usr/bin/mtools', ['--version'], 'mtools'],
  ['usr/bin/rsvg-convert', ['--version'], 'rsvg-convert'],
  ['usr/bin/mawk', ['BEGIN { print 6 * 7 }'], '42'],
  ['usr/bin/perl', ['-e', 'print 6 * 7'], '42'],
])('%s runs', (program, argv, expected) => {
  const [loader = '', ...rest] = loaderArgv(tree, program, architecture!);
  expect(execFileSync(loader, [...rest, ...argv], { encoding: 'utf8' })).toContain(expected);
});
