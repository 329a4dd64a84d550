import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readControlFiles, unpackDeb } from '../debian/deb.ts';
import type { LockedPackage } from '../debian/debs.ts';
import type { Downloader } from '../debian/http.ts';
import { type InitrdTree, openInitrd } from '../debian/initrdTree.ts';
import { createTreeWriter } from '../debian/treeWriter.ts';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { selectForCdrom } from './cdromUdebs.ts';
import type { InstallerFace, InstallerResult } from './installer.ts';
import { fetchOwnDebs } from './ownDebs.ts';
import { fieldOf } from './stanzas.ts';
import type { Udebs } from './udebs.ts';
import { type EpochSource, openSandbox, toLog } from './workshop.ts';

export interface CdromInstallerOptions {
  /** The tools tree that has depmod. */
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  /** The installer that starts from the network. */
  readonly network: Step<InstallerResult>;
  readonly udebs: Step<Udebs>;
  readonly downloader: Downloader;
}

const STATUS = 'var/lib/dpkg/status';
const INFO = 'var/lib/dpkg/info';

/**
 * Kernel and initrd of an installer that loads its parts from the medium. Debian's images for that are in the archive's
 * `installer-ARCH` directories, which not every mirror has; and their kernel is that of the day they were made. This one is
 * Debian's installer for the network, with udebs of the suite in the place of what loads from a mirror.
 */
export function cdromInstallerStep(options: CdromInstallerOptions): Step<InstallerResult> {
  const { tools, epoch, network, udebs, downloader } = options;
  return defineStep({
    name: 'installer',
    title: 'Debian Installer',
    kind: 'installer-cdrom',
    version: 1,
    needs: [tools, ...epoch.needs, network, udebs],
    inputs: (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      network: resultOf(network),
      udebs: resultOf(udebs),
    }),
    run: async (inputs, context) => {
      const { text, gtk } = inputs.network;
      const make = (face: InstallerFace, name: string) => makeFace(face, name, { ...inputs, context, downloader });
      return { text: await make(text, 'text'), gtk: gtk === null ? null : await make(gtk, 'gtk') };
    },
  });
}

interface Making {
  readonly tools: TreeRef;
  readonly epochSeconds: number;
  readonly udebs: Udebs;
  readonly context: StepContext;
  readonly downloader: Downloader;
}

async function makeFace(face: InstallerFace, name: string, making: Making): Promise<InstallerFace> {
  const { epochSeconds, udebs, context } = making;
  const { store, scratch } = context;
  const initrd = await openInitrd(
    await readFile(await store.blobPath(face.initrd)),
    `initrd.gz (${name})`,
    epochSeconds,
  );
  const installed = paragraphs(initrd.read(STATUS) ?? '');
  const { removed, added } = selectForCdrom([...installed.keys()], udebs);
  context.log(`${name}: without ${[...removed].join(' ')}; with ${added.map((udeb) => udeb.name).join(' ')}`);
  const root = join(scratch, name);
  const paths = await Promise.all((await fetch(added, making)).map((deb) => store.blobPath(deb)));
  await unpackAll(paths, root, initrd);
  const vmlinuz = await store.putFile(await findKernel(root));
  await rm(join(root, 'boot'), { recursive: true });
  await indexModules(root, making);
  const isOfRemoved = (path: string): boolean => removed.has(path.slice(INFO.length + 1).replace(/\.[a-z]+$/, ''));
  initrd.remove((path) => /^(usr\/)?lib\/modules\/./.test(path) || (path.startsWith(`${INFO}/`) && isOfRemoved(path)));
  initrd.remove((path) => path.endsWith('/retriever/net-retriever'));
  await initrd.addTree(root);
  const news = await Promise.all(paths.map((path) => noteControl(path, initrd)));
  const status = [...installed].filter(([known]) => !removed.has(known)).map(([, text]) => text);
  const all = [...status, ...news].toSorted((a, b) => (fieldOf(a, 'Package') < fieldOf(b, 'Package') ? -1 : 1));
  initrd.write(STATUS, all.map((text) => `${text}\n\n`).join(''));
  const packed = await store.putBytes(await initrd.pack());
  return { vmlinuz, initrd: packed, packages: all.map((text) => fieldOf(text, 'Package')) };
}

function fetch(udebs: readonly LockedPackage[], { context, downloader }: Making): Promise<readonly BlobRef[]> {
  const onProgress = (done: number, total: number, item: string): void => context.progress(done, total, 'bytes', item);
  return fetchOwnDebs(udebs, { context, downloader, onProgress });
}

/** `boot/vmlinuz` on most architectures; kernel-wedge leaves `vmlinux` where that is what boot loaders take. */
async function findKernel(root: string): Promise<string> {
  const name = (await readdir(join(root, 'boot'))).toSorted().find((file) => file.startsWith('vmlinu'));
  if (name === undefined) throw new Error('the udeb of the kernel has none');
  return join(root, 'boot', name);
}

/** Into a directory with the initrd's links to directories, so that `lib/x` goes where it goes there. */
async function unpackAll(paths: readonly string[], root: string, initrd: InitrdTree): Promise<void> {
  await mkdir(root);
  for (const path of ['bin', 'sbin', 'lib', 'lib64']) {
    const target = initrd.resolve(path);
    if (target === path) continue;
    await mkdir(join(root, target), { recursive: true });
    await symlink(target, join(root, path));
  }
  const writer = createTreeWriter(root);
  for (const path of paths) await unpackDeb(path, writer);
  writer.finish();
}

/** What modprobe reads; the installer's modprobe knows the binary forms, which are a fifth of all. */
async function indexModules(root: string, { tools, udebs, context }: Making): Promise<void> {
  const { runTool } = await openSandbox(context.store, tools);
  const bind = { source: root, target: '/initrd', writable: true };
  await runTool({ argv: ['depmod', '-b', '/initrd', udebs.kernel], binds: [bind], ...toLog(context) });
  const directory = join(root, 'lib/modules', udebs.kernel);
  for (const name of ['alias', 'dep', 'symbols', 'builtin.modinfo']) {
    await rm(join(directory, `modules.${name}`), { force: true });
  }
}

const fieldsOfStatus = ['Version', 'Provides', 'Depends', 'Description', 'Installer-Menu-Item'] as const;

/** udpkg's notes of a package that is unpacked and not configured yet: the installer does that when it starts. */
async function noteControl(path: string, initrd: InitrdTree): Promise<string> {
  const files = await readControlFiles(path, (name) => !['md5sums', 'conffiles', 'shlibs'].includes(name));
  const control = files.get('control')?.toString('utf8') ?? '';
  const name = fieldOf(control, 'Package');
  for (const [kind, data] of files) {
    if (kind !== 'control') initrd.write(`${INFO}/${name}.${kind}`, data, kind === 'templates' ? 0o644 : 0o755);
  }
  const known = fieldsOfStatus
    .map((field) => [field, fieldOf(control, field)] as const)
    .filter(([, text]) => text !== '');
  return [`Package: ${name}`, 'Status: install ok unpacked', ...known.map(([field, text]) => `${field}: ${text}`)].join(
    '\n',
  );
}

function paragraphs(text: string): Map<string, string> {
  const all = text.split(/\n\n+/).map((paragraph) => paragraph.trim());
  return new Map(all.filter(Boolean).map((paragraph) => [fieldOf(paragraph, 'Package'), paragraph]));
}
