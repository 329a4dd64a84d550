import { spawnSync } from 'node:child_process';
import { chmod, lstat, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigOutcome, runConfigCommand } from './command.ts';
import { fileLayout } from './fileLayout.ts';
import type { LiveConfig } from './load.ts';
import { optionNames, rowOf } from './options.ts';
import { configOf, makeTree } from './tree.testing.ts';
import { treeDirectories } from './writeTree.ts';

async function lbConfig(directory: string, ...argv: string[]): Promise<ConfigOutcome & { printed: string }> {
  let printed = '';
  const stdout = (text: string) => {
    printed += text;
  };
  return { ...(await runConfigCommand({ directory, argv, env: {}, stdout })), printed };
}

async function written(directory: string, ...argv: string[]): Promise<LiveConfig> {
  const outcome = await lbConfig(directory, ...argv);
  if (outcome.kind !== 'written') throw new Error(`it was ${outcome.kind}`);
  return outcome.config;
}

/** The stored variables as sh reads them. */
function sourceWithSh(directory: string): Record<string, string> {
  const stored = optionNames.map(rowOf).filter((row) => row.file !== 'none' && !row.commented);
  const variables = stored.map((row) => row.variable);
  const script = `for f in ${Object.keys(fileLayout).join(' ')}; do . "$1/config/$f"; done
${variables.map((name) => `printf '%s\\0' "$${name}"`).join('\n')}`;
  const result = spawnSync('/bin/sh', ['-euc', script, 'sh', directory], { encoding: 'utf8', env: {} });
  expect(result.stderr).toBe('');
  return Object.fromEntries(
    result.stdout
      .split('\0')
      .slice(0, -1)
      .map((value, index) => [variables[index], value]),
  );
}

test('an empty directory becomes a configuration tree', async () => {
  const directory = await makeTree({});
  const config = await written(directory);
  for (const path of treeDirectories) expect((await lstat(join(directory, path))).isDirectory()).toBe(true);
  expect((await lstat(join(directory, '.build/config'))).size).toBe(0);
  expect(await readFile(join(directory, 'config/package-lists/live.list.chroot'), 'utf8')).toBe(
    'live-boot\nlive-config\nlive-config-systemd\nsystemd-sysv\n',
  );
  const sourced = sourceWithSh(directory);
  for (const name of optionNames) {
    const { variable, type } = rowOf(name);
    if (variable in sourced)
      expect([variable, sourced[variable]]).toEqual([variable, type.format(config.values[name])]);
  }
  expect(sourced['LB_DISTRIBUTION']).toBe('trixie');
});

test('values with quotes, dollars and backslashes come back from sh and from us', async () => {
  const directory = await makeTree({});
  const name = 'My "live" $system \\ `x`';
  await written(directory, '--iso-application', name, '--bootappend-live', `a="b c" ${name}`);
  expect(sourceWithSh(directory)).toMatchObject({ LB_ISO_APPLICATION: name, LB_BOOTAPPEND_LIVE: `a="b c" ${name}` });
  expect((await written(directory)).values.isoApplication).toBe(name);
});

test('a second run keeps what was set, and derived values follow', async () => {
  const directory = await makeTree({});
  await written(directory, '-d', 'bookworm', '--updates', 'true', '--archive-areas', 'main contrib', '-b', 'hdd');
  const config = await written(directory, '-d', 'sid');
  expect(config.values).toMatchObject({
    distribution: 'sid',
    distributionBinary: 'sid',
    parentDistributionChroot: 'sid',
  });
  expect(config.values).toMatchObject({ security: false, updates: true, parentArchiveAreas: ['main', 'contrib'] });
  expect((await written(directory, '-b', 'iso-hybrid')).values.bootloaderEfi).toBe('grub-efi');
});

test('a value edited in a file is a choice, whatever stands above it', async () => {
  const directory = await makeTree({});
  await written(directory);
  const path = join(directory, 'config/chroot');
  await writeFile(path, (await readFile(path, 'utf8')).replace('LB_SECURITY="true"', 'LB_SECURITY="false"'));
  expect((await written(directory, '-d', 'bookworm')).values.security).toBe(false);
  expect((await written(directory)).originOf('security')).toMatchObject({
    kind: 'file',
    place: { path: 'config/chroot' },
  });
});

test('switching the cache off and on again leaves nothing behind', async () => {
  const directory = await makeTree({});
  expect((await written(directory, '--cache', 'false')).values.cachePackages).toBe(false);
  expect((await written(directory, '--cache', 'true')).values.cachePackages).toBe(true);
});

test('what config/all says is not copied for good', async () => {
  const directory = await makeTree({ 'config/all': 'LB_ISO_APPLICATION="One"\n' });
  await written(directory);
  expect(sourceWithSh(directory)['LB_ISO_APPLICATION']).toBe('One');
  await writeFile(join(directory, 'config/all'), 'LB_ISO_APPLICATION="Two"\n');
  expect((await configOf(directory)).values.isoApplication).toBe('Two');
});

test('variables that are no options survive', async () => {
  const directory = await makeTree({ 'config/common': 'EDITION="a $b"\n' });
  await written(directory);
  await written(directory);
  expect((await readFile(join(directory, 'config/common'), 'utf8')).match(/EDITION/g)).toHaveLength(1);
  expect((await configOf(directory)).otherVariables.get('EDITION')?.value).toBe('a ');
});

test('own files are left alone; removed links to stock hooks come back', async () => {
  const directory = await makeTree({ 'config/package-lists/live.list.chroot': 'live-boot\n' });
  await written(directory);
  const hooks = join(directory, 'config/hooks/normal');
  const [first] = (await readdir(hooks)).sort();
  if (first === undefined) throw new Error('there are no stock hooks');
  expect(await readlink(join(hooks, first))).toMatch(/^\/.*\/share\/hooks\/normal\//);
  await rm(join(hooks, first));
  await written(directory);
  expect((await lstat(join(hooks, first))).isSymbolicLink()).toBe(true);
  expect(await readFile(join(directory, 'config/package-lists/live.list.chroot'), 'utf8')).toBe('live-boot\n');
});

test('stock hooks are those of a live-build that the tree brings along', async () => {
  const hook = 'share/hooks/normal/0500-own.hook.chroot';
  const directory = await makeTree({ [`local/live-build/${hook}`]: '#!/bin/sh\n' });
  await written(directory);
  expect(await readdir(join(directory, 'config/hooks/normal'))).toEqual(['0500-own.hook.chroot']);
  expect(await readlink(join(directory, 'config/hooks/normal/0500-own.hook.chroot'))).toBe(
    join(directory, 'local/live-build', hook),
  );
});

test('auto/config runs instead, unless this is its own call', async () => {
  const directory = await makeTree({ 'auto/config': 'lb config noauto "$@"\n' });
  expect((await lbConfig(directory)).warnings).toMatchObject([{ place: { path: 'auto/config' } }]);
  await chmod(join(directory, 'auto/config'), 0o755);
  expect(await lbConfig(directory, '-d', 'sid')).toMatchObject({
    kind: 'auto',
    autoScript: { path: 'auto/config', argv: ['-d', 'sid'] },
  });
  expect((await written(directory, 'noauto', '-d', 'sid')).values.distribution).toBe('sid');
});

test('--validate writes nothing, --clean leaves no empty directories, --dump shows the files', async () => {
  const directory = await makeTree({});
  expect((await lbConfig(directory, '--validate')).kind).toBe('validated');
  expect(await readdir(directory)).toEqual([]);
  await written(directory, '--clean');
  expect(await readdir(directory)).toEqual(['.build', 'config']);
  expect((await readdir(join(directory, 'config'))).filter((name) => name.startsWith('includes'))).toEqual([]);
  const dumped = await lbConfig(directory, '--dump');
  expect(dumped.kind).toBe('dumped');
  expect(dumped.printed).toContain('==> config/bootstrap <==\n');
  expect(dumped.printed).toContain('config/package-lists/live.list.chroot\n');
});

test('--config is the business of the program', async () => {
  const words = ['--config', 'https://git.example/x'];
  await expect(lbConfig(await makeTree({}), ...words)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});
