// What a system can be besides one SquashFS for live-boot: a tree on the disk, an image with hash tree, one that dracut starts.
// Judged by e2fsck, debugfs, tar, veritysetup and openssl, and by booting. Needs root.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageType } from '../../src/config/options/image.ts';
import { executeStep } from '../../src/engine/execute.ts';
import type { Step } from '../../src/engine/step.ts';
import { defaultSettings } from '../../src/media/testSettings.ts';
import { signCommand } from '../../src/plan/verity.ts';
import { sealLayer } from '../../src/rootfs/seal.ts';
import { settleXattrs } from '../../src/rootfs/xattrs.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/run.ts';
import { imageStep } from '../../src/steps/image.ts';
import { onieStep } from '../../src/steps/onie.ts';
import { treeRootfsStep } from '../../src/steps/rootfsTree.ts';
import type { MediumResult } from '../../src/steps/sealMedium.ts';
import { swapFileStep } from '../../src/steps/swapFile.ts';
import { verityStep } from '../../src/steps/verity.ts';
import type { BlobRef, TreeRef } from '../../src/store/types.ts';
import type { BootVerdict } from '../../src/vm/verdict.ts';
import { copyFirst, firstBuild, lb, lbSucceeds, runDirectory, write } from '../helpers/lb.ts';
import { epoch, epochSeconds, fixed, openScene, type StepScene } from '../helpers/stepScene.ts';
import { isRoot } from '../helpers/user.ts';

let scene: StepScene;
let sandbox: Sandbox;

beforeAll(async () => {
  scene = await openScene();
  const tools = scene.tools('hooks');
  sandbox = createSandbox(await scene.store.treePath((await scene.run([tools])).resultOf(tools)));
});
afterAll(() => scene.store.close());

describe.runIf(isRoot)('a system file by file', () => {
  let layers: TreeRef[];
  let medium: TreeRef;

  const makeTree = (script: string): Promise<TreeRef> =>
    scene.store.withStaging(async (directory) => {
      const binds = [{ source: directory, target: '/in', writable: true }];
      await sandbox.runTool({ argv: ['sh', '-ec', script], cwd: '/in', binds });
      const xattrs = await settleXattrs(directory, sandbox.runTool);
      return scene.store.putTree(directory, await sealLayer({ directory, epochSeconds, xattrs }));
    });

  beforeAll(async () => {
    layers = [
      await makeTree(`head -c 1048576 /dev/zero >swap; mkdir -p etc dev boot usr/bin skip; echo text >etc/a; chown 12:34 etc/a; chmod 4755 etc/a; ln etc/a etc/b
        mkfifo dev/p; echo gone >etc/gone; echo skipped >skip/s; echo kernel >boot/vmlinuz; ln -s a etc/l
        head -c 9000000 /dev/zero | tr '\\0' x >usr/bin/big; touch -d @1000000000 usr/bin/big
        setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 usr/bin/big`),
      await makeTree('mkdir etc; mknod etc/gone c 0 0; echo new >etc/new'),
    ];
    medium = await makeTree('mkdir -p boot live/filesystem.dir .disk; echo menu >boot/menu; echo own >boot/vmlinuz');
  });

  function imageOf(imageType: ImageType, rootFilesystem: 'plain' | 'none'): Step<BlobRef> {
    const initramfs = rootFilesystem === 'none' ? ('none' as const) : ('live-boot' as const);
    const loaders = { biosLoader: 'none', efiLoader: 'none' } as const;
    const settings = {
      ...defaultSettings,
      ...loaders,
      imageType,
      initramfs,
      rootFilesystem,
      filesystem: 'ext4' as const,
    };
    const root = {
      layers: layers.map((layer, index) => fixed(`layer-${index}`, layer)),
      excludes: async () => 'skip/*\n',
      solid: rootFilesystem === 'none' ? [{ path: 'swap', sizeMib: 1 }] : [],
    };
    return imageStep({
      ...{ tools: scene.tools('hooks'), epoch, root, rootfs: treeRootfsStep(root), settings },
      medium: fixed('medium', { directory: medium } as MediumResult),
      image:
        imageType === 'hdd'
          ? { disk: { label: 'SYSTEM', sizeMib: null, partitionStart: '' } }
          : { compression: 'gzip' },
    });
  }

  async function makeImage(...kind: Parameters<typeof imageOf>): Promise<string> {
    const step = imageOf(...kind);
    return scene.store.blobPath((await scene.run([step])).resultOf(step));
  }

  test.each([
    ['plain', '/live/filesystem.dir', 'kernel\n'],
    ['none', '', 'own\n'],
  ] as const)('%s on an ext4 disk has owners, links and attributes', async (kind, place, kernel) => {
    const image = `${await makeImage('hdd', kind)}?offset=1048576`;
    expect(execFileSync('e2fsck', ['-fn', image], { encoding: 'utf8', stdio: 'pipe' })).not.toMatch(/WARNING|Fix/);
    const debugfs = (request: string): string =>
      execFileSync('debugfs', ['-R', request, image], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(debugfs(`stat ${place}/etc/a`)).toMatch(/Mode: +04755[\s\S]*User: +12 +Group: +34[\s\S]*Links: 2/);
    expect(debugfs(`stat ${place}/usr/bin/big`)).toContain('security.capability (20)');
    expect(debugfs(`stat ${place}/usr/bin/big`)).toMatch(/mtime: 0x3b9aca00/);
    expect(debugfs(`stat ${place}/dev/p`)).toContain('Type: FIFO');
    expect(debugfs(`cat ${place}/boot/vmlinuz`)).toBe(kernel);
    expect(debugfs(`ls ${place}/etc`)).not.toContain('gone');
    expect(debugfs(`ls ${place}/skip`)).not.toMatch(/\bs\b/);
    if (kind === 'none') expect(debugfs('stat /swap')).toMatch(/Blockcount: 2048\b/);
    expect(debugfs('cat /boot/menu')).toBe('menu\n');
    expect(debugfs('stat /boot/menu')).toMatch(/User: +0 +Group: +0/);
  });

  test('the same layers and medium give the same bytes', async () => {
    const step = imageOf('hdd', 'none');
    const { resultOf } = await scene.run([step, ...step.needs]);
    const { signal } = new AbortController();
    const again = await executeStep(step, await step.inputs(resultOf), { store: scene.store, signal });
    expect(again.result).toEqual(resultOf(step));
  });

  test('plain in an archive', async () => {
    const archive = await makeImage('tar', 'plain');
    const list = execFileSync('tar', ['-tvzf', archive, '--numeric-owner'], { encoding: 'utf8' });
    expect(list).toMatch(/^-rwsr-xr-x 12\/34 +5 .* binary\/live\/filesystem\.dir\/etc\/a$/m);
    expect(list).toMatch(/^h.* binary\/live\/filesystem\.dir\/etc\/b link to binary\/live\/filesystem\.dir\/etc\/a$/m);
    expect(list).toMatch(/ binary\/live\/filesystem\.dir\/etc\/l -> a$/m);
    expect(list).toMatch(/ 0\/0 .* binary\/boot\/menu$/m);
  });
});

describe('dm-verity', () => {
  const sign = `#!/bin/sh
printf %s "$3" >/tmp/hash
openssl smime -sign -nocerts -noattr -binary -in /tmp/hash -inkey "$1" -signer "$2" -outform der -out "$4"
`;

  test('hash tree and parity are of the image, and the signature of the root hash', async () => {
    const directory = await scene.directory({ 'config/sign.sh': sign, 'keys/none': '' });
    execFileSync('chmod', ['755', 'config/sign.sh'], { cwd: directory });
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=test', '-keyout', 'keys/key'];
    execFileSync('openssl', [...request, '-out', 'keys/cert'], { cwd: directory, stdio: 'pipe' });
    const image = await scene.store.putBytes(Buffer.alloc(1 << 20, directory));
    const command = signCommand(directory, `config/sign.sh keys/key ${join(directory, 'keys/cert')}`);
    const rootfs = fixed<BlobRef>('image', image);
    const step = verityStep({ tools: scene.tools('hooks'), epoch, rootfs, fecRoots: 4, sign: command });
    const { rootHash, hashTree, fec, signature } = (await scene.run([step])).resultOf(step);

    const copy = join(directory, 'image');
    writeFileSync(copy, readFileSync(await scene.store.blobPath(image)));
    const [tree, parity] = [await scene.store.blobPath(hashTree), await scene.store.blobPath(fec!.parity)];
    const verify = (...words: string[]) =>
      execFileSync('veritysetup', ['verify', copy, tree, rootHash, ...words], { encoding: 'utf8', stdio: 'pipe' });
    verify();
    const bytes = readFileSync(copy);
    bytes[5000] = bytes[5000]! ^ 1;
    writeFileSync(copy, bytes);
    expect(() => verify()).toThrow();
    verify(`--fec-device=${parity}`, '--fec-roots=4');

    writeFileSync(join(directory, 'hash'), rootHash);
    const check = ['smime', '-verify', '-inform', 'der', '-binary', '-nointern', '-purpose', 'any', '-content', 'hash'];
    const by = ['-certfile', 'keys/cert', '-CAfile', 'keys/cert', '-in', await scene.store.blobPath(signature!)];
    expect(execFileSync('openssl', [...check, ...by], { cwd: directory, encoding: 'utf8', stdio: 'pipe' })).toBe(
      rootHash,
    );
  });

  test('a command that does not sign fails the build with its name', async () => {
    const directory = await scene.directory({ 'config/none': '' });
    const rootfs = fixed('image', await scene.store.putBytes(Buffer.alloc(8192)));
    const run = (command: string) => {
      const wanted = { fecRoots: undefined, sign: signCommand(directory, command) };
      return scene.run([verityStep({ tools: scene.tools('hooks'), epoch, rootfs, ...wanted })]);
    };
    await expect(run('config/sign.sh')).rejects.toMatchObject({ code: 'HOOK_FAILED' });
    await expect(run('true')).rejects.toThrow('wrote no signature');
  });
});

test('an ONIE installer has kernel and initramfs, and in that the whole image', async () => {
  const files = { 'live/vmlinuz': 'kernel', 'live/initrd.img': 'five!' };
  const directory = await scene.treeOf(files);
  const iso = await scene.store.putBytes('an ISO image');
  const step = onieStep({
    ...{ tools: scene.tools('build'), epoch, imageType: 'iso', kernelParameters: 'console=ttyS1' },
    ...{ medium: fixed('medium', { directory } as MediumResult), image: fixed('image', iso) },
    kernel: { linux: 'live/vmlinuz', initrd: 'live/initrd.img' },
  });
  const installer = await scene.store.blobPath((await scene.run([step])).resultOf(step));
  const command =
    'cd "$(sh "$0" -x | sed "s/.*: //")/installer"; ls -l; cat vmlinuz install.sh; tail -c +9 initrd.img | cpio -i --to-stdout --quiet';
  const said = execFileSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', command, installer], {
    encoding: 'utf8',
  });
  expect(said).toMatch(/-rwxr-xr-x .* install\.sh\n/);
  expect(said).toContain('kernel#!/bin/sh');
  expect(said).toContain('fromiso=/conf/live.iso console=ttyS1 $console" vmlinuz\n');
  expect(said.endsWith('an ISO image')).toBe(true);
});

test('a swap file', async () => {
  const base = { tools: scene.tools('build'), epoch, debconfFrontend: 'noninteractive', debconfPriority: 'critical' };
  const below = [fixed('below', await scene.treeOf({ 'etc/fstab': '' }))];
  const step = swapFileStep({ base, path: '/var/swap/file', sizeMib: 2, below });
  const layer = await scene.store.treePath((await scene.run([step])).resultOf(step));
  const path = join(layer, 'var/swap/file');
  const { size, mode, blocks } = statSync(path);
  expect([size, mode & 0o777]).toEqual([2 << 20, 0o600]);
  // swapon(8) takes no file with holes.
  expect(blocks * 512).toBeGreaterThanOrEqual(size);
  const content = readFileSync(path);
  expect(content.toString('latin1', 4086, 4096)).toBe('SWAPSPACE2');
  expect(content.readUInt32LE(1028)).toBe(511);
});

const verityCheck = `#!/bin/sh
grep -q '^CRYPT-VERITY-' /sys/block/dm-0/dm/uuid || exit 1
grep '^/dev/mapper/.* squashfs ro' /proc/mounts
`;
const dracutCheck = `#!/bin/sh
[ ! -e /run/live ] && ls -d /run/initramfs/live/live/filesystem.squashfs
`;

test.each([
  ['dm-verity', '--dm-verity --dm-verity-fec 2', verityCheck],
  ['dracut', '--initramfs dracut-live', dracutCheck],
])('%s: the image comes up', async (name, words, check) => {
  await firstBuild();
  const directory = copyFirst(name);
  const script = readFileSync(join(directory, 'auto/config'), 'utf8');
  writeFileSync(join(directory, 'auto/config'), script.replace('--distribution', `${words} --distribution`));
  write(directory, 'config/tests/10-kind.test', check);
  await lbSucceeds(['config'], { directory });
  await lbSucceeds(['build'], { directory });
  const output = runDirectory(`boots-${name}`);
  const tested = await lb(['test', '--json', '--boots', 'bios-cd', '--output', output], { directory });
  const [verdict] = tested.events.flatMap((event) => (event.type === 'boot-verdict' ? [event.verdict] : []));
  expect(verdict as BootVerdict | undefined).toMatchObject({
    ...{ verdict: 'passed', outcome: 'login', failedUnits: [] },
    ...{ facts: { rootType: 'overlay', rootImageType: 'squashfs' }, checks: [{ exitCode: 0 }] },
  });
});
