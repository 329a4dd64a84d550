// The system image as an ext file system, judged by e2fsck and debugfs (e2fsprogs). Needs root.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executeStep } from '../../src/engine/execute.ts';
import type { ExtType } from '../../src/media/hdd/types.ts';
import { sealLayer } from '../../src/rootfs/seal.ts';
import { settleXattrs } from '../../src/rootfs/xattrs.ts';
import { createSandbox } from '../../src/sandbox/run.ts';
import { extRootfsStep } from '../../src/steps/rootfsExt.ts';
import type { BlobRef, TreeRef } from '../../src/store/types.ts';
import { epoch, epochSeconds, fixed, openScene, type StepScene } from '../helpers/stepScene.ts';
import { isRoot } from '../helpers/user.ts';

describe.runIf(isRoot)('a root as ext2, ext3 and ext4', () => {
  let scene: StepScene;
  let layers: TreeRef[];

  beforeAll(async () => {
    scene = await openScene();
    const tools = scene.tools('hooks');
    const sandbox = createSandbox(await scene.store.treePath((await scene.run([tools])).resultOf(tools)));
    const make = (script: string) =>
      scene.store.withStaging(async (directory) => {
        const binds = [{ source: directory, target: '/in', writable: true }];
        await sandbox.runTool({ argv: ['sh', '-ec', script], cwd: '/in', binds });
        const xattrs = await settleXattrs(directory, sandbox.runTool);
        return scene.store.putTree(directory, await sealLayer({ directory, epochSeconds, xattrs }));
      });
    layers = [
      await make(`mkdir etc dev boot many; echo text >etc/a; ln etc/a etc/b; ln -s a etc/l; chown 12:34 etc/a; chmod 4755 etc/a
        mkfifo dev/p; echo gone >etc/gone; echo k >boot/kernel; head -c 9000000 /dev/zero | tr '\\0' x >etc/big
        setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 etc/big
        for n in $(seq 2000); do : >many/$n; done; touch -d @1000000000 etc/big`),
      await make('mkdir etc; mknod etc/gone c 0 0; echo new >etc/new'),
    ];
  });
  afterAll(() => scene.store.close());

  async function make(type: ExtType, excludes = ''): Promise<string> {
    const fixedLayers = layers.map((layer, index) => fixed(`layer-${index}`, layer));
    const options = { tools: scene.tools('hooks'), epoch, layers: fixedLayers, type, excludes: async () => excludes };
    const step = extRootfsStep(options);
    return scene.store.blobPath((await scene.run([step])).resultOf(step));
  }
  const debugfs = (image: string, request: string) =>
    execFileSync('debugfs', ['-R', request, image], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

  test.each<[ExtType]>([['ext2'], ['ext3'], ['ext4']])(
    '%s has what the layers show, and e2fsck finds nothing',
    async (type) => {
      const image = await make(type, 'boot/*\n');
      expect(execFileSync('e2fsck', ['-fn', image], { encoding: 'utf8', stdio: 'pipe' })).not.toMatch(/WARNING|Fix/);
      expect(debugfs(image, 'cat /etc/a')).toBe('text\n');
      const stat = debugfs(image, 'stat /etc/a');
      expect(stat).toMatch(/Mode: +04755[\s\S]*User: +12 +Group: +34[\s\S]*Links: 2/);
      expect(debugfs(image, 'stat /etc/l')).toContain('Fast link dest: "a"');
      expect(debugfs(image, 'stat /dev/p')).toContain('Type: FIFO');
      expect(debugfs(image, 'stat /etc/big')).toContain('security.capability (20)');
      expect(debugfs(image, 'stat /etc/big')).toMatch(/mtime: 0x3b9aca00/);
      const names = (path: string) =>
        debugfs(image, `ls -p ${path}`)
          .split('\n')
          .flatMap((line) => line.split('/')[5] ?? []);
      expect(names('/etc').sort()).toEqual(['.', '..', 'a', 'b', 'big', 'l', 'new']);
      expect(names('/boot').sort()).toEqual(['.', '..']);
      expect(names('/many')).toHaveLength(2002);
    },
  );

  test('the same layers give the same bytes', async () => {
    const sum = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    const first = await make('ext4');
    const tools = scene.tools('hooks');
    const fixedLayers = layers.map((layer, index) => fixed(`layer-${index}`, layer));
    const step = extRootfsStep({ tools, epoch, layers: fixedLayers, type: 'ext4', excludes: async () => '' });
    const { resultOf } = await scene.run([tools, ...step.needs]);
    const { signal } = new AbortController();
    const again = await executeStep(step, await step.inputs(resultOf), { store: scene.store, signal });
    expect(sum(await scene.store.blobPath(again.result as BlobRef))).toBe(sum(first));
  });
});
