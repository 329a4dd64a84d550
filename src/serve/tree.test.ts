import { expect, test } from 'vitest';
import { makeDirectory } from '../cli/host.testing.ts';
import { findNetbootTree } from './tree.ts';

const files = { 'tftpboot/live/vmlinuz': '', 'chroot.files': '', 'config/binary': '', 'live-image.netboot.tar': '' };

test.each(['debian-live', 'binary'])('the halves of a netboot image are found: %s', async (rootName) => {
  const directory = makeDirectory({ ...files, [`${rootName}/live/filesystem.squashfs`]: '' });
  expect(await findNetbootTree(directory)).toEqual({
    ...{ tftpDirectory: `${directory}/tftpboot`, rootDirectory: `${directory}/${rootName}`, rootName },
  });
});

test.each([
  ['no system', files, 'no directory beside tftpboot/ has live/'],
  ['two systems', { ...files, 'a/live/': '', 'b/live/': '' }, 'several directories have live/: a, b'],
  ['no kernels', { 'binary/live/': '' }, 'there is no tftpboot/ in it'],
])('%s', async (_, named, sentence) => {
  await expect(findNetbootTree(makeDirectory(named))).rejects.toThrow(sentence);
});
