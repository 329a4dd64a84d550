import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import type { Downloader } from '../debian/http.ts';
import { planBuild } from './plan.ts';
import { readBuildTree } from './tree.ts';

const refuse = () => {
  throw new Error('a plan asks nobody');
};

async function hooksOf(files: Readonly<Record<string, string>>, commandLine = '') {
  const directory = await makeTree(files);
  const config = await configOf(directory, `-d trixie ${commandLine}`);
  const { media, layers } = planBuild({
    config,
    tree: await readBuildTree({ directory, config, env: {} }),
    toolsMirror: 'http://mirror.example/debian/',
    downloader: new Proxy({}, { get: refuse }) as Downloader,
    keys: refuse,
    epochSeconds: undefined,
    proxy: { http_proxy: 'http://proxy.example' },
    version: '1',
  });
  return { media, layers };
}

const hook = '#!/bin/sh\n';

test('binary hooks run one after the other on each medium, normal before live, before the checksums', async () => {
  const { media } = await hooksOf(
    {
      'config/hooks/live/0100-c.binary': hook,
      'config/hooks/normal/9000-b.hook.binary': hook,
      'config/hooks/normal/10000-a.hook.binary': hook,
    },
    '-b iso,hdd',
  );
  for (const { type, medium, hooks } of media) {
    const names = [`hook:${type}:normal/10000-a.hook.binary`, `hook:${type}:normal/9000-b.hook.binary`];
    names.push(`hook:${type}:live/0100-c.binary`);
    expect([...hooks.keys()]).toEqual(names);
    expect(medium.needs.map(({ name }) => name)).toEqual(expect.arrayContaining([`lay-out:${type}`, ...names]));
    const steps = medium.needs.filter(({ kind }) => kind === 'binary-hook');
    for (const [index, step] of steps.entries()) {
      expect(step.needs.filter(({ kind }) => kind === 'binary-hook')).toEqual(steps.slice(0, index));
    }
  }
});

test('without binary hooks nobody needs the tools for them', async () => {
  const { media } = await hooksOf({});
  const needs = media[0].medium.needs.flatMap((step) => [step, ...step.needs]);
  expect(needs.map(({ name }) => name)).not.toContain('tools:hooks');
});

test('the variables that live-build exports to binary hooks', async () => {
  const { media } = await hooksOf(
    {
      'config/hooks/normal/0100-a.hook.binary': hook,
      'config/environment': 'A=1\nB=1\n',
      'config/environment.binary': 'B=2\n',
      'config/environment.chroot': 'B=3\nC=3\n',
    },
    '-b iso-hybrid,hdd -a amd64 --archive-areas main,contrib --image-name mine',
  );
  const [iso, hdd] = media.map(({ hooks }) => [...hooks.values()][0]);
  expect(iso?.environment).toEqual({
    ...{ LB_ARCHITECTURE: 'amd64', LB_ARCHITECTURES: 'amd64', LB_IMAGE_NAME: 'mine', LIVE_IMAGE_NAME: 'mine' },
    ...{ LB_IMAGE_TYPE: 'iso-hybrid', LIVE_IMAGE_TYPE: 'iso-hybrid', CONFIG_VALIDATED: 'true' },
    ...{ LB_CONFIGURATION_VERSION: '20250505', LIVE_CONFIGURATION_VERSION: '20250505' },
    ...{ LB_ARCHIVE_AREAS: 'main contrib', LB_PARENT_ARCHIVE_AREAS: 'main contrib', A: '1', B: '2' },
  });
  expect(hdd?.environment).toMatchObject({ LB_IMAGE_TYPE: 'hdd' });
  expect(iso?.proxy).toEqual({ http_proxy: 'http://proxy.example' });
});

test('a hook on a netboot image finds the root as binary/, and tftpboot/ beside it', async () => {
  const files = { 'config/hooks/normal/0100-a.hook.binary': hook };
  const { media } = await hooksOf(files, '-b netboot,iso');
  const [netboot, iso] = media.map(({ hooks }) => [...hooks.values()][0]?.parts);
  expect(netboot).toEqual([
    { name: 'binary', path: 'debian-live' },
    { name: 'tftpboot', path: 'tftpboot' },
  ]);
  expect(iso).toEqual([{ name: 'binary', path: '' }]);
});
