import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readHostFacts } from '../../src/config/hostFacts.ts';
import { TOOLS_SUITE, toolsSpec } from '../../src/debian/toolsSpec.ts';
import { buildToolsTree } from '../../src/debian/toolsTree.ts';
import { runGraph } from '../../src/engine/run.ts';
import type { MediaTools } from '../../src/media/tools.ts';
import { archiveAccess } from '../../src/plan/prepare.ts';
import { createSandbox } from '../../src/sandbox/run.ts';
import { indexStep } from '../../src/steps/archive.ts';
import { installerStep } from '../../src/steps/installer.ts';
import { openStore } from '../../src/store/local.ts';
import { openBuildTools } from './buildTools.ts';
import { runDirectory, sharedStore } from './lb.ts';

export interface Arm64Parts {
  /** This machine's programs, and the boot loaders of arm64. */
  readonly tools: MediaTools;
  /** The Debian Installer's kernel and initramfs. */
  readonly vmlinuz: string;
  readonly initrd: string;
}

const loaders = ['grub-efi-arm64-bin', 'grub-efi-arm64-signed', 'shim-signed', 'shim-helpers-arm64-signed'];

/** Fetches what an arm64 medium is made of, without running any of it. `directory` is empty. */
export async function fetchArm64(directory: string): Promise<Arm64Parts> {
  const store = await openStore(process.env['LIVEWRIGHT_STORE'] ?? sharedStore());
  const { mirrors } = await readHostFacts({ directory: runDirectory(), env: process.env });
  const { downloader, keys } = archiveAccess(process.env);
  const source = { uri: mirrors.main, suite: TOOLS_SUITE, components: ['main'], architectures: ['arm64'] };
  const spec = { names: loaders, exclude: new Set([...toolsSpec('build', 'arm64').exclude, 'grub-common']) };
  const foreign = await buildToolsTree({
    ...{ source, spec, architecture: 'arm64' as const },
    ...{ store, downloader, keys: await keys() },
  });
  const index = indexStep({ name: 'index', title: 'index', sources: [source], downloader, keys });
  const step = installerStep({ index, suite: TOOLS_SUITE, architecture: 'arm64', gui: false, downloader });
  const { signal } = new AbortController();
  const { text } = (await runGraph({ targets: [step], store, events: { emit: () => {} }, signal })).resultOf(step);

  const build = await openBuildTools();
  const tree = join(directory, 'tools');
  execFileSync('cp', ['--archive', '--link', build, tree]);
  const from = await store.treePath(foreign);
  for (const path of ['usr/lib/grub', 'usr/lib/shim']) {
    execFileSync('cp', ['--archive', '--link', '--remove-destination', join(from, path), join(tree, 'usr/lib')]);
  }
  return {
    tools: { run: createSandbox(build).run, tree },
    vmlinuz: await store.blobPath(text.vmlinuz),
    initrd: await store.blobPath(text.initrd),
  };
}
