import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeFile } from '../config/digestFile.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import type { TreeRef } from '../store/types.ts';
import { type ChrootBase, type ChrootLayer, changeRoot, chrootInputs, chrootNeeds } from './workshop.ts';

export interface PreseedOptions {
  readonly base: ChrootBase;
  /** The build directory. */
  readonly directory: string;
  readonly files: readonly TreeFile[];
  readonly below: readonly Step<TreeRef>[];
}

/**
 * Answers to the questions of packages, before those are installed; of packages that are installed already, their
 * settings are made again (live-build's chroot_preseed).
 */
export function preseedStep({ base, directory, files, below }: PreseedOptions): Step<TreeRef> {
  return defineStep({
    name: 'preseed',
    title: 'answers to packages',
    version: 2,
    needs: [...chrootNeeds(base), ...below],
    inputs: async (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      files: await Promise.all(
        files.map(async ({ path }) => ({ path, text: await readFile(join(directory, path), 'utf8') })),
      ),
    }),
    run: (inputs, context) =>
      changeRoot({ ...inputs, context }, async (layer) => {
        for (const { path, text } of inputs.files) {
          await layer.runInRoot({ argv: ['debconf-set-selections'], input: text }).catch((error: unknown) => {
            throw refused(path, error);
          });
          await reconfigure(layer, ownersIn(text));
        }
      }),
  });
}

/** The packages that lines of debconf-set-selections(1) name (`PACKAGE QUESTION TYPE VALUE`), each once. */
export function ownersIn(text: string): string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const owners = lines.map(
    (line) =>
      line
        .replace(/\s*#.*$/, '')
        .trim()
        .split(/\s/)[0] ?? '',
  );
  return [...new Set(owners.filter((name) => /^[a-z0-9][a-z0-9+.-]+$/.test(name)))];
}

const reconfigureScript = `
set -e
for name; do
  case "$(dpkg-query --show --showformat='\${db:Status-Status}' "$name" 2>/dev/null)" in
    installed) dpkg-reconfigure "$name" ;;
  esac
done
`;

async function reconfigure(layer: ChrootLayer, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await layer.runInRoot({ argv: ['sh', '-c', reconfigureScript, 'reconfigure', ...names] });
}

function refused(path: string, error: unknown): unknown {
  if (!(error instanceof LivewrightError) || error.code !== 'PROGRAM_FAILED') return error;
  return new LivewrightError('CONFIG_SYNTAX', {
    message: 'debconf does not accept these answers.',
    hint: 'Write lines PACKAGE QUESTION TYPE VALUE; its own words are above.',
    place: { path },
    data: error.data,
    cause: error,
  });
}
