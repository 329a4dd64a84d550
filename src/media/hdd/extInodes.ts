import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LivewrightError } from '../../errors.ts';
import { type MediaTools, runTool } from '../tools.ts';
import type { WriteDataOptions } from './dataFileSystem.ts';
import type { TreeEntry } from './tree.ts';
import { sectorBytes } from './types.ts';

export type DebugfsOptions = Pick<WriteDataOptions, 'output' | 'scratch' | 'place' | 'epochSeconds'>;

/** Every entry is root's and of the epoch: mke2fs took owners and dates from this machine's files. */
export async function sealExt(
  tools: MediaTools,
  options: DebugfsOptions & { readonly entries: readonly TreeEntry[] },
): Promise<void> {
  const { entries, epochSeconds } = options;
  const commands = ['/', ...entries.map(({ path }) => `/${path}`)].flatMap((path) => setFields(path, epochSeconds));
  await runDebugfs(tools, options, commands);
}

function setFields(path: string, epochSeconds: number): string[] {
  const values = { uid: 0, gid: 0, atime: `@${epochSeconds}`, ctime: `@${epochSeconds}`, mtime: `@${epochSeconds}` };
  return Object.entries(values).map(([field, value]) => `set_inode_field ${quote(path)} ${field} ${value}`);
}

/** A word of debugfs's commands: a quote in it is doubled (ss's request parser). */
export function quote(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

/**
 * Has debugfs do the commands in the file system, and returns the lines that answer them. debugfs goes on after a
 * mistake and ends well all the same, so any other line is a failure.
 */
export async function runDebugfs(tools: MediaTools, options: DebugfsOptions, commands: readonly string[]) {
  const { output, scratch, place, epochSeconds } = options;
  const script = join(scratch, 'debugfs.commands');
  await writeFile(script, commands.map((command) => `${command}\n`).join(''));
  const said: string[] = [];
  await runTool(tools, {
    argv: ['debugfs', '-w', '-f', script, `${output}?offset=${place.startSector * sectorBytes}`],
    read: [scratch],
    write: [dirname(output)],
    epochSeconds,
    onLine: (line) => said.push(line),
  });
  const answers = said.filter((line) => !/^(\$ |debugfs[: ]|Allocated inode: |$)/.test(line));
  const wrong = answers.find((line) => !/^\d+$/.test(line));
  if (wrong !== undefined) throw debugfsFailed(wrong);
  return answers;
}

function debugfsFailed(line: string): LivewrightError {
  return new LivewrightError('PROGRAM_FAILED', {
    message: `debugfs could not finish the ext file system: ${line.trim()}`,
    hint: 'All its words are in the log.',
    data: { line },
  });
}
