import { arch, release } from 'node:os';
import type { CommandContext } from '../context.ts';
import { readVersion } from '../version.ts';

/** `lb version`: what a bug report should say. */
export async function run({ stdout }: CommandContext): Promise<number> {
  stdout.write(`Livewright ${readVersion()}\nNode ${process.version}\nLinux ${release()} ${arch()}\n`);
  return 0;
}
