import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hashFile } from '../config/digestFile.ts';
import { digestTree } from '../config/digestTree.ts';
import type { LiveValues } from '../config/options.ts';
import type { Step } from '../engine/step.ts';
import { type SignCommand, type Verity, type VerityOptions, verityStep } from '../steps/verity.ts';
import type { BuildTree } from './tree.ts';

export interface PlanVerityOptions extends Pick<VerityOptions, 'tools' | 'epoch' | 'rootfs'> {
  readonly values: LiveValues;
  readonly tree: BuildTree;
}

/** The step that makes the hash tree, where `--dm-verity` is given. */
export function planVerity({ values, tree, ...options }: PlanVerityOptions): Step<Verity> | undefined {
  if (!values.dmVerity) return undefined;
  const sign = values.dmVeritySign.trim() === '' ? undefined : signCommand(tree.directory, values.dmVeritySign);
  return verityStep({ ...options, fecRoots: values.dmVerityFec, sign });
}

/** Its words are split at blanks and not looked at otherwise: live-build hands them to the shell without quotes. */
export function signCommand(directory: string, command: string): SignCommand {
  const words = command.trim().split(/\s+/);
  const config = join(directory, 'config');
  const files = [...new Set(words)].flatMap((name) => {
    const path = resolve(directory, name);
    const isIn = path === config || path.startsWith(`${config}/`);
    return existsSync(path) && !(isIn && !name.startsWith('/')) && path !== directory ? [{ name, path }] : [];
  });
  return {
    words,
    config: { path: config, digest: async () => (await digestTree(config)).digest },
    files: files.map(({ name, path }) => ({
      ...{ name, path },
      digest: async () => (statSync(path).isDirectory() ? (await digestTree(path)).digest : hashFile(path)),
    })),
  };
}
