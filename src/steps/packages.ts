import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import type { Bind } from '../sandbox/types.ts';
import type { TreeRef } from '../store/types.ts';
import { type Lock, type LockSlice, sliceOf } from './lock.ts';
import { aptEnvironment, gatherSlice } from './repository.ts';
import { type ChrootBase, type ChrootLayer, changeRoot, chrootInputs, chrootNeeds } from './workshop.ts';

export interface PackagesOptions {
  readonly base: ChrootBase;
  /** The lock's slice to install. */
  readonly slice: string;
  readonly title: string;
  readonly resolve: Step<Lock>;
  readonly download: Step;
  /** Of the user's, for dpkg. */
  readonly dpkgOptions: readonly string[];
  readonly below: readonly Step<TreeRef>[];
}

/** Installs one slice of the lock with the target's own apt and dpkg, without network. */
export function packagesStep(options: PackagesOptions): Step<TreeRef> {
  const { base, slice: name, title, resolve, download, dpkgOptions, below } = options;
  return defineStep({
    name: `packages:${name}`,
    title,
    kind: 'packages',
    version: 2,
    needs: [...chrootNeeds(base), resolve, download, ...below],
    inputs: (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      slice: sliceOf(resultOf(resolve), name),
      ...(dpkgOptions.length > 0 && { dpkgOptions }),
    }),
    run: async (inputs, context) => {
      const { binds, lent } = await gatherSlice(context, inputs.slice, inputs.dpkgOptions);
      const onLine = watchDpkg(context, inputs.slice.packages.length);
      return changeRoot({ ...inputs, context, lent }, async (layer) => {
        await acceptLicences(layer, inputs.slice);
        await installWithApt({ layer, slice: inputs.slice, binds, onLine });
      });
    },
  });
}

/** These packages refuse to be installed until somebody agrees; who asks for their firmware has (as in live-build). */
const licensed = ['firmware-ipw2x00', 'firmware-ivtv'];

async function acceptLicences(layer: ChrootLayer, slice: LockSlice): Promise<void> {
  const answers = licensed
    .filter((name) => slice.packages.some((item) => item.name === name))
    .map((name) => `${name} ${name}/license/accepted boolean true\n`);
  if (answers.length > 0) await layer.runInRoot({ argv: ['debconf-set-selections'], input: answers.join('') });
}

export interface AptInstallation {
  readonly layer: ChrootLayer;
  readonly slice: LockSlice;
  readonly binds: readonly Bind[];
  readonly onLine: (line: string) => void;
}

/**
 * Every package is named with its locked version, so that the target's apt (whatever its release) has nothing to
 * decide; afterwards those that only dependencies asked for are marked as such.
 */
export async function installWithApt({ layer, slice, binds, onLine }: AptInstallation): Promise<void> {
  const names = slice.packages.map((item) => `${item.name}:${item.architecture}=${item.version}`);
  const removals = slice.removed.map((name) => `${name}-`);
  const run = (...argv: string[]) => layer.runInRoot({ argv, binds, onLine, env: aptEnvironment });
  for (const architecture of slice.foreign ?? []) await run('dpkg', '--add-architecture', architecture);
  if (names.length + removals.length > 0) await run('apt-get', 'install', ...names, ...removals);
  const automatic = slice.packages.filter((item) => item.automatic).map((item) => `${item.name}:${item.architecture}`);
  if (automatic.length > 0) await run('apt-mark', 'auto', ...automatic);
  if (slice.manual !== undefined) await run('apt-mark', 'manual', ...slice.manual);
}

/** Logs dpkg's lines and counts each package twice, when it is unpacked and when it is set up. */
export function watchDpkg(context: StepContext, packages: number): (line: string) => void {
  const done = new Set<string>();
  return (line) => {
    context.log(line);
    const [, action, name] = /^(Unpacking|Setting up) (\S+)/.exec(line) ?? [];
    if (name === undefined) return;
    done.add(`${action} ${name}`);
    context.progress(Math.min(done.size / 2, packages), packages, 'packages', name.replace(/:\w+$/, ''));
  };
}
