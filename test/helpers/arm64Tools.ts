import { readHostFacts } from '../../src/config/hostFacts.ts';
import { TOOLS_SUITE } from '../../src/debian/toolsSpec.ts';
import { runGraph } from '../../src/engine/run.ts';
import type { MediaTools } from '../../src/media/tools.ts';
import { archiveAccess } from '../../src/plan/prepare.ts';
import { createSandbox } from '../../src/sandbox/run.ts';
import { loadersStep } from '../../src/steps/foreignTools.ts';
import { installerStep } from '../../src/steps/installer.ts';
import { toolsIndexStep } from '../../src/steps/tools.ts';
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

/** Fetches what an arm64 medium is made of, without running any of it. */
export async function fetchArm64(): Promise<Arm64Parts> {
  const store = await openStore(process.env['LIVEWRIGHT_STORE'] ?? sharedStore());
  const { mirrors } = await readHostFacts({ directory: runDirectory(), env: process.env });
  const options = { mirror: mirrors.main, ...archiveAccess(process.env) };
  const loaders = loadersStep(options, 'arm64');
  if (loaders === undefined) throw new Error('there are no boot loaders for arm64');
  const forInstaller = { suite: TOOLS_SUITE, architecture: 'arm64', gui: false, downloader: options.downloader };
  const installer = installerStep({ ...forInstaller, index: toolsIndexStep(options, 'arm64') });
  const { signal } = new AbortController();
  const run = (targets: Parameters<typeof runGraph>[0]['targets']) =>
    runGraph({ targets, store, events: { emit: () => {} }, signal });
  const { text } = (await run([installer])).resultOf(installer);
  const tree = await openBuildTools();
  return {
    tools: {
      run: createSandbox(tree).run,
      tree,
      loaders: await store.treePath((await run([loaders])).resultOf(loaders)),
    },
    vmlinuz: await store.blobPath(text.vmlinuz),
    initrd: await store.blobPath(text.initrd),
  };
}
