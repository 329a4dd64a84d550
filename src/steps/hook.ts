import { readFile } from 'node:fs/promises';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import type { LentFiles } from '../rootfs/buildTime.ts';
import type { Bind } from '../sandbox/types.ts';
import type { Store, TreeRef } from '../store/types.ts';
import type { AptFiles } from './aptFiles.ts';
import type { IndexResult } from './indexResult.ts';
import type { LocalRepository } from './localPackages.ts';
import type { UserDirectory } from './medium.ts';
import { lendNetwork, type OutsideWorld, outsideWorld, worldNeeds } from './network.ts';
import { layersWitness } from './sight.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds } from './workshop.ts';

export interface HookOptions {
  readonly base: ChrootBase;
  /** As the user knows it: `normal/0100-locale.hook.chroot`. */
  readonly name: string;
  readonly path: string;
  /** Ours, not the user's. */
  readonly isStock: boolean;
  /** The config directory and its digest, for hooks that read it at /live-build/config. */
  readonly config: UserDirectory;
  /** Variables of config/environment and config/environment.chroot. */
  readonly environment: Readonly<Record<string, string>>;
  readonly network: HookNetwork;
  readonly below: readonly Step<TreeRef>[];
}

export interface HookNetwork {
  readonly index: Step<IndexResult>;
  readonly localPackages?: Step<LocalRepository>;
  /** Directories of this machine that are archives; hooks find them in the same place. */
  readonly directories: readonly string[];
  /** What else is in /etc/apt while hooks run. */
  readonly aptFiles: AptFiles;
  /** Text of /etc/apt/sources.list while hooks run. */
  readonly sourcesList: string;
  readonly proxy: Readonly<Record<string, string>>;
}

/** A watched program gains no powers by the set-user-ID bit (strace(1), --seccomp-bpf): hooks that may need them are not. */
export const changesUser = /\b(sudo|su|doas|pkexec|runuser|newgrp|setpriv)\b/;

const namesConfig = /\/live-build|live-build\/config/;

/** live-build's place of the config directory inside the root. */
const CONFIG_MOUNT = '/live-build/config';

/**
 * Runs one chroot hook with live-build's environment: as /root/NAME, in `/`, clean variables, network. The config
 * directory is there only for a hook that names it, so that an option which concerns no hook reruns none.
 */
export function hookStep(options: HookOptions): Step<TreeRef> {
  const { base, name, below, network } = options;
  // The archive's state of today: lent to the hook, and not part of the key, or every new state would run all hooks.
  let outside: OutsideWorld | undefined;
  return defineStep({
    name: `hook:${name}`,
    title: `hook ${name}`,
    kind: 'hook',
    version: 4,
    needs: [...chrootNeeds(base), ...worldNeeds(network), ...below],
    witness: layersWitness,
    inputs: async (resultOf) => {
      const script = await readFile(options.path);
      outside = outsideWorld(network, resultOf);
      return {
        ...chrootInputs(base, resultOf),
        below: below.map((step) => resultOf(step)),
        file: name.split('/').at(-1) ?? name,
        script: script.toString('base64'),
        environment: options.environment,
        config: namesConfig.test(script.toString('latin1')) ? await options.config.digest() : null,
      };
    },
    run: async (inputs, context) => {
      if (outside === undefined) throw new Error('a hook runs before its inputs are known');
      const world = await hookWorld(context.store, inputs, { ...options, outside });
      const script = Buffer.from(inputs.script, 'base64').toString('latin1');
      const watch = changesUser.test(script) ? {} : { watch: { onOneProcessor: options.isStock } };
      return changeRoot({ ...inputs, ...watch, context, lent: world.lent }, async (layer) => {
        await layer.runInRoot({ ...world, network: 'host' }).catch((error: unknown) => {
          throw hookFailed({ name, step: `hook:${name}`, argv: world.argv, error });
        });
      });
    },
  });
}

/** As in live-build's `env -i`: its order of PATH, no LC_ALL, so that a hook may set LANG, and proxies even where there are none. */
const hookEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin',
  LC_ALL: undefined,
  http_proxy: '',
  no_proxy: '',
};

/** What is in a hook's key besides the root it runs in. */
export type HookInputs = {
  /** Name of the file below /root. */
  readonly file: string;
  /** Its content in base64. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Digest of the config directory, or null for a hook that does not name it. */
  readonly config: string | null;
};

export interface HookSurroundings extends Pick<HookOptions, 'config' | 'network'> {
  readonly outside: OutsideWorld;
}

export interface HookWorld {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lent: LentFiles;
  readonly binds: readonly Bind[];
}

/** All that a hook finds in the root, and how it is started. */
export async function hookWorld(store: Store, inputs: HookInputs, around: HookSurroundings): Promise<HookWorld> {
  const { network, outside, config } = around;
  const place = `/root/${inputs.file}`;
  const needsConfig = inputs.config !== null;
  return {
    argv: [place],
    env: { ...hookEnvironment, ...network.proxy, ...inputs.environment },
    lent: {
      ...(await lendNetwork(store, outside)),
      [place]: { content: Buffer.from(inputs.script, 'base64'), mode: 0o755 },
      ...(needsConfig && { [CONFIG_MOUNT]: 'directory' as const }),
    },
    binds: [...outside.binds, ...(needsConfig ? [{ source: config.path, target: CONFIG_MOUNT }] : [])],
  };
}

export interface HookFailure {
  readonly name: string;
  readonly step: string;
  readonly argv: readonly string[];
  readonly error: unknown;
}

/** What to tell of a hook's failure; any other error as it is. */
export function hookFailed({ name, step, argv, error }: HookFailure): unknown {
  if (!(error instanceof LivewrightError) || error.code !== 'PROGRAM_FAILED') return error;
  const { exitCode, signal } = error.data;
  const how = signal ? `by signal ${String(signal)}` : `with exit code ${String(exitCode)}`;
  return new LivewrightError('HOOK_FAILED', {
    message: `The hook ended ${how}.`,
    hint: 'Read the last lines of its output above, mend the hook and run `lb build` again: everything before it is kept.',
    place: { path: `config/hooks/${name}` },
    data: { ...error.data, hook: name, replay: `lb shell ${step} -- ${argv.join(' ')}` },
    cause: error,
  });
}
