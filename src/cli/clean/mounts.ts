import { readFile } from 'node:fs/promises';
import { LivewrightError } from '../../errors.ts';

/** Mount points in the text of `/proc/self/mountinfo`, at or below `path`. proc_pid_mountinfo(5): the fifth field. */
export function findMounts(mountinfo: string, path: string): readonly string[] {
  const points = mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? []);
  return points.map(decodeOctal).filter((point) => point === path || point.startsWith(`${path}/`));
}

// Blank, tab, newline and backslash are written as octal numbers.
function decodeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Throws if anything is mounted in what is about to be removed: it would be emptied, be it the host's /dev or a share. */
export async function refuseMounts(paths: readonly string[]): Promise<void> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
  for (const path of paths) {
    const [point] = findMounts(mountinfo, path);
    if (point === undefined) continue;
    throw new LivewrightError('LOCKED', {
      message: `"${point}" is still mounted, so "${path}" is not removed.`,
      hint: `Run "sudo umount --recursive ${path}" and then "lb clean" again.`,
      data: { path, mountPoint: point },
    });
  }
}
