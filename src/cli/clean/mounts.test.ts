import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from '../host.testing.ts';
import { findMounts, refuseMounts } from './mounts.ts';

const mountinfo = `22 27 0:20 / /proc rw,nosuid shared:12 - proc proc rw
31 27 0:5 / /live/a\\040b/chroot/dev rw shared:2 - devtmpfs udev rw
32 27 0:6 / /live/a\\040b/chroot2 rw shared:2 - tmpfs tmpfs rw
`;

test.each([
  ['/live/a b/chroot', ['/live/a b/chroot/dev']],
  ['/live/a b/chroot2', ['/live/a b/chroot2']],
  ['/live/a b/chro', []],
  ['/live', ['/live/a b/chroot/dev', '/live/a b/chroot2']],
])('mounts in %s', (path, points) => expect(findMounts(mountinfo, path)).toEqual(points));

test('a mounted directory is refused, an ordinary one is not', async () => {
  const directory = makeDirectory();
  mkdirSync(join(directory, 'chroot'));
  await refuseMounts([join(directory, 'chroot')]);
  await expect(refuseMounts([directory, '/proc'])).rejects.toMatchObject({ code: 'LOCKED', data: { path: '/proc' } });
});
