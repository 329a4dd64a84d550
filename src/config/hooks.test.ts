import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findHooks } from './hooks.ts';
import { makeTree } from './tree.testing.ts';
import { stockHooksDirectory } from './writeTree.ts';

const script = '#!/bin/sh\n';

test('hooks run by kind, all of normal and then all of live, in byte order', async () => {
  const names = [
    'normal/9999-own.hook.chroot',
    'normal/1000-own.chroot',
    'normal/1010-x.settings.chroot',
    'normal/100000-early.chroot',
    'normal/Upper.chroot',
    'normal/a.binary',
    'live/0100-live.hook.chroot',
    'live/boot.container',
    'live/b.binary',
    'normal/c.source',
    // None of these is a hook.
    'normal/x.hook',
    'normal/x.hook.chroot-disabled',
    'normal/no.container',
    'normal/.hidden.chroot',
    'old.chroot',
  ];
  const directory = await makeTree(Object.fromEntries(names.map((name) => [`config/hooks/${name}`, script])));
  const { hooks } = await findHooks(directory);
  expect(hooks.map(({ name }) => name)).toEqual([
    'normal/1000-own.chroot',
    'normal/100000-early.chroot',
    'normal/1010-x.settings.chroot',
    'normal/9999-own.hook.chroot',
    'normal/Upper.chroot',
    'live/0100-live.hook.chroot',
    'live/boot.container',
    'normal/a.binary',
    'live/b.binary',
    'normal/c.source',
  ]);
  expect(new Set(hooks.map(({ origin }) => origin))).toEqual(new Set(['own']));
});

test('links to stock hooks of any installation mean ours; those of other days are skipped', async () => {
  const name = 'normal/8010-remove-backup-files.hook.chroot';
  expect(existsSync(join(stockHooksDirectory, name))).toBe(true);
  const directory = await makeTree({
    [`config/hooks/${name}`]: ['link', `/usr/share/live/build/hooks/${name}`],
    'config/hooks/normal/8011-other.hook.chroot': ['link', `/opt/elsewhere/share/hooks/${name}`],
    'config/hooks/normal/0020-gone.hook.chroot': ['link', '/usr/share/live/build/hooks/normal/0020-gone.hook.chroot'],
  });
  const { hooks, skipped } = await findHooks(directory);
  const file = join(stockHooksDirectory, name);
  expect(hooks.map((hook) => [hook.origin, hook.file])).toEqual([
    ['stock', file],
    ['stock', file],
  ]);
  expect(skipped.map(({ path }) => path)).toEqual(['config/hooks/normal/0020-gone.hook.chroot']);
});

test('a link to the hook of a live-build that the tree brings along means that hook', async () => {
  const name = 'normal/8010-remove-backup-files.hook.chroot';
  const directory = await makeTree({
    [`local/live-build/share/hooks/${name}`]: script,
    [`config/hooks/${name}`]: ['link', `../../../local/live-build/share/hooks/${name}`],
  });
  expect((await findHooks(directory)).hooks).toMatchObject([
    { origin: 'own', file: join(directory, 'config/hooks', name) },
  ]);
});

test('an own link counts, and one to nowhere is skipped as live-build skips it', async () => {
  const path = 'config/hooks/live/b.hook.chroot';
  const good = await makeTree({ 'hooks/shared': 'no interpreter\n', [path]: ['link', '../../../hooks/shared'] });
  expect((await findHooks(good)).hooks).toMatchObject([{ origin: 'own', hasInterpreter: false, path }]);
  const bad = await makeTree({ [path]: ['link', '/nowhere/at/all'] });
  expect(await findHooks(bad)).toMatchObject({ hooks: [], skipped: [{ path, target: '/nowhere/at/all' }] });
});

test('what looks like a hook and is none is told', async () => {
  const names = ['old.chroot', 'normal/x.hool', 'normal/y.hook.chroot-disabled', 'normal/z.container', 'normal/README'];
  const good = ['normal/a.chroot', 'live/b.container', 'normal/.hidden'];
  const directory = await makeTree(Object.fromEntries([...names, ...good].map((name) => [`config/hooks/${name}`, ''])));
  expect((await findHooks(directory)).ignored).toEqual(names.slice(0, -1).map((name) => `config/hooks/${name}`));
});

test('the digest is that of the content', async () => {
  const directory = await makeTree({ 'config/hooks/live/a.chroot': script });
  const [hook] = (await findHooks(directory)).hooks;
  expect(hook?.sha256).toBe('a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf');
  expect(hook?.hasInterpreter).toBe(true);
});
