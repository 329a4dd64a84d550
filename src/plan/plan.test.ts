import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import type { Downloader } from '../debian/http.ts';
import { orderSteps } from '../engine/graph.ts';
import type { ResultOf, Step } from '../engine/step.ts';
import { hostArchitecture } from '../sandbox/loader.ts';
import { planBuild } from './plan.ts';
import { readBuildTree } from './tree.ts';

const refuse = () => {
  throw new Error('a plan asks nobody');
};

async function planOf(files: Parameters<typeof makeTree>[0], commandLine = '-d trixie') {
  const directory = await makeTree(files);
  const config = await configOf(directory, commandLine);
  return planBuild({
    config,
    tree: await readBuildTree({ directory, config, env: {} }),
    toolsMirror: 'http://mirror.example/debian/',
    downloader: new Proxy({}, { get: refuse }) as Downloader,
    keys: refuse,
    epochSeconds: undefined,
    proxy: {},
    version: '1',
  });
}

const full = {
  'config/package-lists/a.list.chroot': 'vim\n',
  'config/package-lists/b.list.chroot_live': 'live-tools\n',
  'config/includes.chroot_before_packages/a': '',
  'config/preseed/c.cfg': '',
  'config/includes.chroot_after_packages/b': '',
  'config/hooks/live/0100-b.hook.chroot': '#!/bin/sh\n',
  'config/hooks/normal/0200-a.hook.chroot': '#!/bin/sh\n',
};

test('the layers of a root in live-build’s order', async () => {
  const { layers } = await planOf(full);
  expect(layers.map(({ name }) => name)).toEqual([
    ...['bootstrap', 'preseed', 'includes:includes.chroot_before_packages', 'packages:install'],
    ...['packages:a.list.chroot', 'packages:live'],
    ...['includes:includes.chroot_after_packages', 'hook:normal/0200-a.hook.chroot', 'hook:live/0100-b.hook.chroot'],
    ...['initrd', 'apt'],
  ]);
  for (const [index, layer] of layers.entries()) {
    const below = layers.slice(0, index).map(({ name }) => name);
    const needed = layer.needs.map(({ name }) => name);
    expect(needed.filter((name) => layers.some((other) => other.name === name))).toEqual(below);
  }
});

test('container hooks run in the root after all others, and know what live-build runs them by', async () => {
  const plan = await planOf({
    'config/hooks/live/0100-a.hook.container': '#!/bin/sh\n',
    'config/hooks/live/0200-b.hook.chroot': '#!/bin/sh\n',
    'config/environment.chroot': 'A=1\n',
  });
  const hooks = plan.layers.filter(({ kind }) => kind === 'hook');
  expect(hooks.map(({ name }) => name)).toEqual(['hook:live/0200-b.hook.chroot', 'hook:live/0100-a.hook.container']);
  const resultOf = ((step: Step) =>
    step.name === 'index' ? { sources: [], dateSeconds: 1 } : { tree: step.name }) as unknown as ResultOf;
  const environments = await Promise.all(hooks.map(async (hook) => (await hook.inputs(resultOf)) as object));
  expect(environments).toMatchObject([
    { environment: { A: '1' } },
    { environment: { A: '1', container: 'systemd-nspawn' } },
  ]);
  expect(environments[0]).not.toMatchObject({ environment: { container: expect.anything() } });
});

test('hooks find archives that are directories of this machine, under the same name', async () => {
  const list =
    'deb [trusted=yes] file:///srv/own%20debs/ ./\ndeb http://a.example trixie main\ndeb [trusted=yes] file:/opt/b trixie main\n';
  const { surroundings } = await planOf({ 'config/archives/own.list': list });
  expect(surroundings.network.directories).toEqual(['/srv/own debs', '/opt/b']);
});

test('a pass without packages is no layer', async () => {
  const { layers } = await planOf({ 'config/package-lists/a.list.chroot': 'vim\n' });
  expect(layers.map(({ name }) => name)).toEqual([
    ...['bootstrap', 'packages:install', 'packages:a.list.chroot', 'initrd', 'apt'],
  ]);
});

test('a slice for each list by name, but for the one that lb config writes, and commands belong to theirs', async () => {
  const { layers } = await planOf({
    'config/package-lists/b.list.chroot': 'vim\n',
    'config/package-lists/live.list.chroot': 'live-boot\n',
    'config/package-lists/a.list.chroot_install': '! echo nano\n',
  });
  const names = layers.map(({ name }) => name).filter((name) => name.startsWith('packages:'));
  expect(names).toEqual(['packages:install', 'packages:a.list.chroot_install', 'packages:b.list.chroot']);
});

const forInstaller = {
  'config/preseed/b.cfg.installer': 'd-i a/b string c\n',
  'config/preseed/a.cfg': '',
  'config/includes.installer/preseed.cfg': '',
  'config/package-lists/pool.list.binary': 'vim\n',
};

test.each([
  ['--debian-installer live', ['installer:network', 'installer', 'installer:includes', 'pool-lock', 'pool']],
  ['--debian-installer netinst', ['pool-lock', 'pool', 'installer', 'installer:includes']],
  [
    '--debian-installer cdrom -b netboot,hdd',
    [
      ...['installer:network', 'installer:network:includes', 'pool-lock', 'pool'],
      ...['installer', 'installer:includes', 'pool-lock:installer', 'pool:installer'],
    ],
  ],
])('%s: the steps of installer and pool', async (options, expected) => {
  const plan = await planOf(forInstaller, `-d trixie ${options}`);
  const names = orderSteps(plan.targets).map(({ name }) => name);
  const found = names.filter((name) => /^(installer(:|$)|pool)/.test(name));
  expect(found.toSorted()).toEqual(expected.toSorted());
  expect(names.includes('firmware-patterns')).toBe(/live|cdrom/.test(options));
  expect(new Set(names).size).toBe(names.length);
});

test('--source true: the steps of source packages, their hooks and images', async () => {
  const hook = { 'config/hooks/normal/0100-a.hook.source': '#!/bin/sh\n' };
  const plan = await planOf(hook, '-d trixie --source true --source-images tar,iso,hdd --compression xz');
  const names = orderSteps(plan.targets).map(({ name }) => name);
  expect(names.filter((name) => name.includes('source'))).toEqual(
    expect.arrayContaining([
      ...['source-index', 'source-lock', 'source', 'hook:source:normal/0100-a.hook.source', 'source-medium'],
      ...['image:source-tar:debian', 'image:source-tar:live', 'image:source-iso', 'image:source-hdd'],
    ]),
  );
  expect(Object.keys(plan.source?.images ?? {})).toEqual([
    ...['live-image-source.debian.tar.xz', 'live-image-source.live.tar.xz'],
    ...['live-image-source.iso', 'live-image-source.img'],
  ]);
  const netboot = planOf({}, '-d trixie --source true --source-images netboot');
  await expect(netboot).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});

test('an installer of daily builds is refused with the reason', async () => {
  const planned = planOf({}, '-d trixie --debian-installer live --debian-installer-distribution daily');
  await expect(planned).rejects.toMatchObject({ code: 'NOT_SUPPORTED', message: expect.stringContaining('daily') });
});

test('every step has a name of its own, and none is left without use', async () => {
  const plan = await planOf(full);
  const names = orderSteps(plan.targets).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const step of [...plan.layers, plan.rootfs, plan.listings, plan.tools]) {
    expect(names).toContain(step.name);
  }
});

test('several images share the system and all that leads to it', async () => {
  const { media, rootfs, targets } = await planOf(full, '-d trixie -b hdd,netboot,iso-hybrid,hdd');
  expect(media.map(({ medium, image }) => [medium.name, image?.name])).toEqual([
    ['medium:hdd', 'image:hdd'],
    ['medium:netboot', 'image:netboot'],
    ['medium:iso-hybrid', 'image:iso-hybrid'],
  ]);
  for (const { medium } of media) expect(medium.needs).toContain(rootfs);
  expect(targets).toEqual(expect.arrayContaining(media.map(({ image }) => image)));
});

test('a netboot image that is not packed is its medium', async () => {
  const { media, targets } = await planOf(full, '-d trixie -b netboot,iso-hybrid --net-tarball false');
  expect(media.map(({ image }) => image?.name)).toEqual([undefined, 'image:iso-hybrid']);
  expect(targets).toContain(media[0].medium);
});

test('a root over CIFS has its modules in the initramfs, and no other has', async () => {
  const inputs = async (commandLine: string) => {
    const { layers } = await planOf({}, `-d trixie --firmware-chroot false ${commandLine}`);
    const initrd = layers.find(({ name }) => name === 'initrd');
    return JSON.stringify(await initrd?.inputs(() => ({ sources: [] }) as never));
  };
  expect(await inputs('-b netboot --net-root-filesystem cifs')).toContain('"modules":["cmac"');
  expect(await inputs('-b netboot')).not.toContain('modules');
  expect(await inputs('--net-root-filesystem cifs')).not.toContain('modules');
});

test('a root over CIFS brings what mounts it, and only for netboot images', async () => {
  const wishes = async (commandLine: string) => {
    const { layers } = await planOf({}, `-d trixie --firmware-chroot false ${commandLine}`);
    const resolve = layers.flatMap(({ needs }) => needs).find(({ name }) => name === 'resolve');
    return JSON.stringify(await resolve?.inputs(() => ({ sources: [] }) as never));
  };
  expect(await wishes('-b netboot --net-root-filesystem cifs')).toContain('"cifs-utils"');
  expect(await wishes('-b netboot')).not.toContain('cifs-utils');
  expect(await wishes('--net-root-filesystem cifs')).not.toContain('cifs-utils');
});

test('commands in lists run in a base system that is chosen before', async () => {
  const files = { ...full, 'config/package-lists/c.list.chroot': '! Packages Priority standard\n' };
  const { layers, targets } = await planOf(files, '-d trixie --firmware-chroot true');
  const needs = (name: string) =>
    orderSteps(targets)
      .find((step) => step.name === name)
      ?.needs.map((step) => step.name);
  expect(layers[0]?.needs.map(({ name }) => name)).toEqual(expect.arrayContaining(['resolve:base', 'download:base']));
  expect(needs('list-commands')).toEqual(
    expect.arrayContaining(['bootstrap', 'preseed', 'includes:includes.chroot_before_packages', 'index']),
  );
  expect(needs('resolve')).toEqual(expect.arrayContaining(['list-commands', 'firmware']));
  expect(needs('packages:install')).toEqual(expect.arrayContaining(['resolve', 'download', 'bootstrap']));
});

test('an image of another architecture: its programs are emulated, and its boot loaders fetched', async () => {
  const foreign = hostArchitecture() === 'arm64' ? 'riscv64' : 'arm64';
  const files = { ...full, 'config/hooks/normal/0300-enter.hook.binary': '#!/bin/sh\n' };
  const plan = await planOf(
    files,
    `-d trixie -a ${foreign} --bootstrap-qemu-arch ${foreign} --bootstrap-qemu-static /q`,
  );
  const names = (steps: readonly { readonly name: string }[]) => steps.map(({ name }) => name);
  const emulated = plan.layers.filter(({ needs }) => names(needs).includes('emulator'));
  const copied = plan.layers.filter((layer) => !emulated.includes(layer));
  expect(names(copied)).toEqual([
    'includes:includes.chroot_before_packages',
    'includes:includes.chroot_after_packages',
  ]);
  const ordered = orderSteps(plan.targets);
  // It may enter the system.
  expect(names(ordered.find(({ name }) => name.endsWith('.binary'))?.needs ?? [])).toContain('emulator');
  expect(names(ordered.filter(({ needs }) => names(needs).includes('loaders')))).toEqual(['lay-out:iso-hybrid']);
  const ofHost = await planOf(full);
  expect(names(orderSteps(ofHost.targets)).filter((name) => /emulator|loaders/.test(name))).toEqual([]);
});
