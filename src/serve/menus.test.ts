import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareMenus, rewriteMenu } from './menus.ts';

const here = { nfsServer: '10.0.0.1', webServer: '10.0.0.1:8080' };

test.each([
  [
    'append boot=live nfsroot=192.168.1.1:/srv/x quiet',
    'append boot=live nfsroot=10.0.0.1:/srv/x quiet',
    ['192.168.1.1'],
  ],
  ['fetch=http://box/debian-live/live/a.squashfs', 'fetch=http://10.0.0.1:8080/debian-live/live/a.squashfs', ['box']],
  ['fetch=http:///live/a.squashfs', 'fetch=http:///live/a.squashfs', []],
  ['fetch=ftp://box/a.squashfs', 'fetch=ftp://box/a.squashfs', []],
  ['nfsroot=10.0.0.1:/srv/x', 'nfsroot=10.0.0.1:/srv/x', []],
  ['netboot=cifs nfsroot=//box/share', 'netboot=cifs nfsroot=//box/share', []],
  ['nfsroot=/srv/x', 'nfsroot=/srv/x', []],
  ['nfsoverlay=box:/srv/cow', 'nfsoverlay=box:/srv/cow', []],
])('%s', (text, served, hiddenServers) => {
  expect(rewriteMenu(text, here)).toEqual({ text: served, hiddenServers });
});

test('what is not served from here is left to those who serve it', () => {
  const text = 'nfsroot=box:/srv/x fetch=http://box/x/live/a.squashfs';
  expect(rewriteMenu(text, {}).text).toBe(text);
  expect(rewriteMenu(text, { nfsServer: '10.0.0.1' }).text).toBe(text.replace('nfsroot=box', 'nfsroot=10.0.0.1'));
});

async function tftpDirectory(files: Readonly<Record<string, string>>): Promise<{ root: string; scratch: string }> {
  const base = await mkdtemp(join(tmpdir(), 'menus-'));
  onTestFinished(() => rm(base, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(base, 'tftpboot', name, '..'), { recursive: true });
    await writeFile(join(base, 'tftpboot', name), text, 'latin1');
  }
  return { root: join(base, 'tftpboot'), scratch: join(base, 'copies') };
}

test('only menus that name another server are copied, and the image stays', async () => {
  const files = {
    'pxelinux.cfg/default': 'include menu.cfg\n',
    'live.cfg': 'append nfsroot=box:/srv/my-live \xff\n',
    'grub/grub.cfg': 'linux /vmlinuz nfsroot=box:/srv/my-live\n',
    'boot.ipxe': 'kernel vmlinuz fetch=http://box/my-live/live/filesystem.squashfs\n',
    'live/vmlinuz': 'nfsroot=box:/srv/not-a-menu',
  };
  const { root, scratch } = await tftpDirectory(files);
  const menus = await prepareMenus({ tftpDirectory: root, addresses: here, scratch });
  expect([...menus.replaced.keys()].map((file) => file.slice(root.length + 1))).toEqual([
    'boot.ipxe',
    'grub/grub.cfg',
    'live.cfg',
  ]);
  expect(menus.hiddenServers).toEqual(['box']);
  expect(menus.exportPath).toBe('/srv/my-live');
  const served = await readFile(menus.replaced.get(join(root, 'live.cfg'))!, 'latin1');
  expect(served).toBe('append nfsroot=10.0.0.1:/srv/my-live \xff\n');
  expect(await readFile(join(root, 'live.cfg'), 'latin1')).toBe(files['live.cfg']);
});

test('menus of old images mount nothing', async () => {
  const { root, scratch } = await tftpDirectory({ 'live.cfg': 'append boot=live\n' });
  const menus = await prepareMenus({ tftpDirectory: root, addresses: here, scratch });
  expect(menus).toEqual({ replaced: new Map(), hiddenServers: [], exportPath: undefined });
});
