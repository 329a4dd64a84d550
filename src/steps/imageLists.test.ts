import { expect, test } from 'vitest';
import { aptListFileName } from '../debian/aptNames.ts';
import type { BlobRef, Digest } from '../store/types.ts';
import { listPrefix, selectLists, selectTranslations } from './imageLists.ts';
import type { IndexedSource } from './indexResult.ts';

const blob: BlobRef = { blob: '1' as Digest, sizeBytes: 1 };
const sourceOf = (uri: string, suite: string): IndexedSource => ({
  ...{ uri, suite, inRelease: blob, listName: aptListFileName(uri, `dists/${suite}/InRelease`) },
  components: [
    {
      ...{ name: 'main', architecture: 'amd64', packages: blob },
      listName: aptListFileName(uri, `dists/${suite}/main/binary-amd64/Packages`),
    },
  ],
});
const built = [sourceOf('http://near.example/debian', 'trixie'), sourceOf('https://vendor.example/apt/', 'stable')];

test('a source that only the build had has no list in the image', () => {
  expect(selectLists([{ uri: 'https://vendor.example/apt', suite: 'stable' }], built)).toMatchObject([
    { listName: 'vendor.example_apt_dists_stable_InRelease' },
  ]);
  expect(selectLists([{ uri: 'https://vendor.example/apt', suite: 'testing' }], built)).toEqual([]);
});

test('the list of another mirror of the same archive has the name of the image’s', () => {
  const wanted = { uri: 'http://far.example/debian/', suite: 'trixie', builtFrom: 'http://near.example/debian/' };
  expect(selectLists([wanted], built)).toMatchObject([
    {
      uri: wanted.uri,
      listName: 'far.example_debian_dists_trixie_InRelease',
      components: [{ listName: 'far.example_debian_dists_trixie_main_binary-amd64_Packages' }],
    },
  ]);
});

test('descriptions of packages go where the lists go', () => {
  const file = { uri: 'http://near.example/debian', suite: 'trixie', path: 'main/i18n/Translation-en', file: blob };
  const wanted = { uri: 'http://far.example/debian/', suite: 'trixie', builtFrom: 'http://near.example/debian/' };
  const other = { ...file, suite: 'trixie-updates' };
  expect(selectTranslations([wanted], [file, other])).toEqual([
    { name: 'far.example_debian_dists_trixie_main_i18n_Translation-en', file: blob },
  ]);
});

test.each([
  ['http://far.example/debian/', 'trixie', 'far.example_debian_dists_trixie'],
  ['file:/srv/archive', './', '_srv_archive_.'],
])('lists of %s %s begin with %s', (uri, suite, prefix) => {
  expect(listPrefix({ uri, suite })).toBe(prefix);
});
