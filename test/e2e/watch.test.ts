// Programs on real overlays, watched: whatever a change below can do to a step's result must show in what it looked at.
// Needs root.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executeStep } from '../../src/engine/execute.ts';
import { defineStep } from '../../src/engine/step.ts';
import { layersWitness } from '../../src/steps/sight.ts';
import { changeRoot } from '../../src/steps/workshop.ts';
import { type LocalStore, openStore } from '../../src/store/local.ts';
import { removeTree } from '../../src/store/remove.ts';
import type { BlobRef, Digest, Store, TreeRef } from '../../src/store/types.ts';
import { openBuildTools } from '../helpers/buildTools.ts';
import { runDirectory } from '../helpers/lb.ts';
import { isRoot } from '../helpers/user.ts';

const settings = { debconfFrontend: 'noninteractive', debconfPriority: 'critical', epochSeconds: 1_700_000_000 };

const base = `
  mkdir -p /t/sub /t/other
  echo one >/t/file; echo one >/t/sub/file; echo one >/t/other/file
  ln -s file /t/link; ln -s sub /t/way; ln -s ../t/way /t/far
  printf '#!/bin/sh\\nexec /bin/sh "$@"\\n' >/t/shell
  printf '#!/t/shell\\necho ran\\n' >/t/script
  chmod 755 /t/shell /t/script
`;

describe.runIf(isRoot)('a watched step', () => {
  let directory: string;
  let store: LocalStore;
  let withTools: Store;
  const tools: TreeRef = { tree: '0'.repeat(64) as Digest };
  const { signal } = new AbortController();

  beforeAll(async () => {
    const path = await openBuildTools();
    directory = await mkdtemp(runDirectory('watch-'));
    store = await openStore(join(directory, 'store'));
    // The tools serve as the lowest layer too, without a copy of them.
    withTools = {
      ...store,
      treePath: async (ref) => (ref.tree === tools.tree ? path : store.treePath(ref)),
      readManifest: async (ref) => (ref.tree === tools.tree ? '' : store.readManifest(ref)),
    };
  });
  afterAll(async () => {
    await store.close();
    await removeTree(directory);
  });

  interface Ran {
    readonly layer: TreeRef;
    readonly seen: BlobRef | undefined;
  }

  /** Runs a script on the tools and a layer, and gives the layer it makes, and what it looked at. */
  async function run(script: string, below: readonly TreeRef[] = []): Promise<Ran> {
    const step = defineStep({
      ...{ name: 'script', title: 'script', version: 1, needs: [], inputs: () => null },
      run: (_, context) =>
        changeRoot(
          { context, tools, below: [tools, ...below], settings, watch: { onOneProcessor: true } },
          async (layer) => {
            await layer.runInRoot({ argv: ['sh', '-ec', script] });
          },
        ),
    });
    const { result, seen } = await executeStep(step, null, { store: withTools, signal });
    return { layer: result as unknown as TreeRef, seen };
  }

  const layers = new Map<string, Promise<Ran>>();
  const layerOf = (script: string): Promise<Ran> => {
    const made = layers.get(script) ?? run(script);
    layers.set(script, made);
    return made;
  };

  const changed = (edit: string) => layerOf(`${base}\n${edit}`);

  // The script, an edit of what is below it, and whether the edit concerns it.
  test.each<[string, string, boolean]>([
    ['cat /t/file >/made', 'echo two >/t/file', true],
    ['cat /t/file >/made', 'echo two >/t/sub/file', false],
    ['cat /t/link >/made', 'echo two >/t/file', true],
    ['cat /t/link >/made', 'ln -sf sub/file /t/link; echo two >/t/sub/file', true],
    ['cat /t/far/file >/made', 'echo two >/t/sub/file', true],
    ['cat /t/far/file >/made', 'ln -sfn other /t/way; echo two >/t/other/file', true],
    ['cd /t/way && cat ../file >/made', 'echo two >/t/file', true],
    ['cd /t && (cd sub && exec cat file) >/made', 'echo two >/t/sub/file', true],
    ['cd /t && (cd sub && exec cat file) >/made', 'echo two >/t/other/file', false],
    ['if [ -e /t/new ]; then echo yes >/made; fi', 'echo x >/t/new', true],
    ['if [ -e /t/new ]; then echo yes >/made; fi', 'echo x >/t/newer', false],
    ['ls /t >/made', 'echo x >/t/new', true],
    ['ls /t >/made', 'echo two >/t/file', false],
    ['find /t -name "n*" >/made', 'mkdir /t/sub/new', true],
    ['find /t -name "n*" >/made', 'echo two >/t/sub/file', false],
    ['stat -c %s /t/file >/made', 'echo four >/t/file', true],
    ['stat -c %a /t/file >/made', 'chmod 600 /t/file', true],
    ['ln -s /t/file /l; cat /l >/made', 'echo two >/t/file', true],
    ['ln -s file /t/new-link; cat /t/new-link >/made', 'echo two >/t/file', true],
    // Overlayfs copies the whole file up into the step's layer.
    ['chmod 600 /t/file', 'echo two >/t/file', true],
    ['touch -d @1 /t/file', 'echo two >/t/file', true],
    ['mv /t/file /t/moved', 'echo two >/t/file', true],
    ['ln /t/file /t/second', 'echo two >/t/file', true],
    ['echo more >>/t/file', 'echo two >/t/file', true],
    // A directory that is written into is copied up with its owner and mode.
    ['echo x >/t/sub/new', 'chmod 700 /t/sub', true],
    ['echo x >/t/sub/new', 'chmod 700 /t/other', false],
    ['rm -f /t/file', 'rm /t/file', true],
    // The kernel reads a script's first line, and who is named there is not named by any call.
    ['/t/script >/made', 'printf "#!/bin/sh\\necho instead\\n" >/t/shell', true],
    ['/t/script >/made', 'echo two >/t/file', false],
    ['perl -e \'open(F, "<", "/t/file"); print <F>\' >/made', 'echo two >/t/file', true],
    ['mkdir /new; cp /bin/busybox /new; chroot /new /busybox true; cat /t/file >/made', 'echo two >/t/file', true],
  ])('%s: %s', async (script, edit, concerns) => {
    const [{ layer: before }, { layer: after }] = [await changed(':'), await changed(edit)];
    const { layer, seen } = await run(script, [before]);
    expect(seen).toBeDefined();
    const inputs = (below: TreeRef) => ({ below: [tools, below] });
    expect(await layersWitness.difference(inputs(before), seen!, withTools)).toBeUndefined();
    const difference = await layersWitness.difference(inputs(after), seen!, withTools);
    expect(difference !== undefined).toBe(concerns);
    // The point of it: where nothing that was looked at has changed, running it again makes the same layer.
    if (!concerns) expect((await run(script, [after])).layer).toEqual(layer);
  });

  test.each([
    ['mkdir /m; mount -t tmpfs none /m', 'mounts something'],
    ['mkdir /t/root; cd /t; chroot /t/way /bin/true || true', 'has a root in a layer'],
    ['unshare --mount true', 'makes a mount namespace'],
  ])('nothing is known of a program that %s', async (script) => {
    const { layer } = await changed(':');
    expect((await run(script, [layer])).seen).toBeUndefined();
  });

  test('what a program leaves running is not waited for', async () => {
    const { seen } = await run('(sleep 1000; cat /t/file) & echo x >/made');
    expect(seen).toBeDefined();
  });

  test('a failing program fails as without a watcher', async () => {
    await expect(run('echo last words; exit 3')).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      data: { exitCode: 3, tail: ['last words'] },
    });
  });
});
