import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { openStore } from '../store/local.ts';
import { lendNetwork, proxyVariables } from './network.ts';

test('hooks get the proxies of the caller and nothing else', () => {
  const env = { http_proxy: 'http://proxy.example:3128', https_proxy: '', no_proxy: 'localhost', HOME: '/home/x' };
  expect(proxyVariables(env)).toEqual({ http_proxy: 'http://proxy.example:3128', no_proxy: 'localhost' });
});

test('apt in a hook has sources and lists without a download', async () => {
  const store = await openStore(await tempDirectory());
  const component = { name: 'main', architecture: 'amd64', listName: 'mirror.example_Packages' };
  const sources = [
    {
      ...{ uri: 'http://mirror.example/debian/', suite: 'trixie', listName: 'mirror.example_InRelease', contents: [] },
      inRelease: await store.putBytes('release'),
      components: [{ ...component, packages: await store.putBytes('packages') }],
    },
  ];
  const lent = await lendNetwork(store, {
    ...{ sourcesList: 'deb x\n', sources },
    binds: [{ source: '/srv/archive', target: '/srv/archive' }],
    aptFiles: { 'preferences.d/a.pref': Buffer.from('pin') },
  });
  expect(lent['/etc/apt/sources.list']).toEqual({ content: 'deb x\n' });
  expect(lent['/etc/apt/preferences.d/a.pref']).toEqual({ content: Buffer.from('pin'), mode: 0o644 });
  expect(lent['/srv/archive']).toBe('directory');
  const lists = Object.entries(lent).filter(([path]) => path.startsWith('/var/lib/apt/lists/'));
  const texts = lists.map(async ([path, file]) => {
    if (file === 'directory' || !('source' in file)) throw new Error(`${path} is not linked`);
    return [path, await readFile(file.source, 'utf8')];
  });
  expect(await Promise.all(texts)).toEqual([
    ['/var/lib/apt/lists/mirror.example_InRelease', 'release'],
    ['/var/lib/apt/lists/mirror.example_Packages', 'packages'],
  ]);
  expect(Object.keys(lent)).toEqual(expect.arrayContaining(['/etc/resolv.conf', '/etc/hosts']));
  await store.close();
});
