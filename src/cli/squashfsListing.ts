import type { ImageEntry } from '../squashfs/index.ts';

const letters: Readonly<Record<ImageEntry['kind'], string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  'block-device': 'b',
  'character-device': 'c',
  fifo: 'p',
  socket: 's',
};

/** A line as of `ls -ln`: mode, links, owner, size or device numbers, time in UTC, path. */
export function listingLine(entry: ImageEntry): string {
  const { device, target, mtimeSeconds, xattrs } = entry;
  const size = device === undefined ? String(entry.sizeBytes) : `${device.major}, ${device.minor}`;
  const time = new Date(mtimeSeconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const names = Object.keys(xattrs);
  return [
    modeText(entry),
    String(entry.linkCount).padStart(3),
    `${entry.uid}/${entry.gid}`.padStart(9),
    size.padStart(10),
    time,
    entry.path + (target === undefined ? '' : ` -> ${target}`) + (names.length === 0 ? '' : ` [${names.join(' ')}]`),
  ].join(' ');
}

function modeText({ kind, mode }: ImageEntry): string {
  const triple = (bits: number, special: string, isSpecial: boolean): string => {
    const execute = isSpecial ? (bits & 1 ? special : special.toUpperCase()) : bits & 1 ? 'x' : '-';
    return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + execute;
  };
  const [user, group, other] = [(mode >> 6) & 7, (mode >> 3) & 7, mode & 7];
  return (
    letters[kind] +
    triple(user, 's', (mode & 0o4000) !== 0) +
    triple(group, 's', (mode & 0o2000) !== 0) +
    triple(other, 't', (mode & 0o1000) !== 0)
  );
}
