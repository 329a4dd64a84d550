import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cpioHeader, cpioLimitBytes, cpioPadding, cpioTrailer } from '../debian/cpio.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { onieHeader, onieInstallScript } from '../media/onie.ts';
import { placeCopy } from '../rootfs/place.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import type { MediumResult } from './sealMedium.ts';
import { type EpochSource, openSandbox, toLog } from './workshop.ts';

export interface OnieOptions {
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly medium: Step<MediumResult>;
  /** The ISO image. */
  readonly image: Step<BlobRef>;
  readonly imageType: string;
  /** Names on the medium of the kernel that is started, and of its initramfs. */
  readonly kernel: { readonly linux: string; readonly initrd: string };
  readonly kernelParameters: string;
}

/** An ISO image as an installer for ONIE (`--onie`). */
export function onieStep({ tools, epoch, medium, image, imageType, ...settings }: OnieOptions): Step<BlobRef> {
  return defineStep({
    name: `onie:${imageType}`,
    title: `ONIE installer of the ${imageType} image`,
    kind: 'onie',
    version: 1,
    needs: [tools, ...epoch.needs, medium, image],
    inputs: (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      medium: resultOf(medium).directory,
      image: resultOf(image),
      ...settings,
    }),
    run: async ({ kernel, kernelParameters, epochSeconds, ...inputs }, context) => {
      const { store, scratch } = context;
      const installer = join(scratch, 'installer');
      await mkdir(installer);
      const files = await store.treePath(inputs.medium);
      const iso = await store.blobPath(inputs.image);
      await placeCopy(join(files, kernel.linux), join(installer, 'vmlinuz'));
      const initrd = join(installer, 'initrd.img');
      await writeInitrd(initrd, { initrd: join(files, kernel.initrd), iso, epochSeconds });
      await writeFile(join(installer, 'install.sh'), onieInstallScript(kernelParameters), { mode: 0o755 });
      const sandbox = await openSandbox(store, inputs.tools);
      const binds = [{ source: scratch, target: '/work', writable: true }];
      await sandbox.runTool({ argv: tarArgv(epochSeconds), binds, ...toLog(context) });
      const output = join(scratch, 'image');
      const payload = join(scratch, 'payload.tar');
      await writeFile(output, onieHeader({ payloadSha1: await sha1Of(payload) }));
      await pipeline(createReadStream(payload), createWriteStream(output, { flags: 'a' }));
      return store.putFile(output);
    },
  });
}

function tarArgv(epochSeconds: number): string[] {
  return [
    ...[
      'tar',
      '--create',
      '--file=/work/payload.tar',
      '--format=gnu',
      '--sort=name',
      '--owner=root:0',
      '--group=root:0',
    ],
    ...['--mode=u=rwX,go=rX', `--mtime=@${epochSeconds}`, '--directory=/work', 'installer'],
  ];
}

interface WithIso {
  readonly initrd: string;
  readonly iso: string;
  readonly epochSeconds: number;
}

/** The kernel unpacks archives that stand one behind the other, so the one that has the image need not be in the first. */
async function writeInitrd(output: string, { initrd, iso, epochSeconds }: WithIso): Promise<void> {
  const [{ size: initrdBytes }, { size: sizeBytes }] = await Promise.all([stat(initrd), stat(iso)]);
  if (sizeBytes > cpioLimitBytes) throw tooLarge(sizeBytes);
  const entry = { mtimeSeconds: epochSeconds, sizeBytes: 0 };
  const before = [
    cpioPadding(initrdBytes),
    cpioHeader({ ...entry, path: 'conf', mode: 0o040_755, inode: 1 }),
    cpioHeader({ ...entry, path: 'conf/live.iso', mode: 0o100_644, inode: 2, sizeBytes }),
  ];
  const after = [cpioPadding(sizeBytes), cpioTrailer()];
  await pipeline(createReadStream(initrd), createWriteStream(output));
  await pipeline(Readable.from(before), createWriteStream(output, { flags: 'a' }));
  await pipeline(createReadStream(iso), createWriteStream(output, { flags: 'a' }));
  await pipeline(Readable.from(after), createWriteStream(output, { flags: 'a' }));
}

async function sha1Of(path: string): Promise<string> {
  const hash = createHash('sha1');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function tooLarge(sizeBytes: number): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `The ISO image has ${sizeBytes} bytes, and an initramfs for ONIE holds files of less than 4 GiB.`,
    hint: 'Make the system smaller, or build without --onie.',
    data: { sizeBytes },
  });
}
