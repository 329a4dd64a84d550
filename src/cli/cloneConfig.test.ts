// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts for sh.
import { expect, test } from 'vitest';
import { insertWords, splitWish } from './cloneConfig.ts';

test.each([
  ['https://git.example/live', { url: 'https://git.example/live', ref: undefined }],
  ['git@git.example:live.git::debian', { url: 'git@git.example:live.git', ref: 'debian' }],
  ['/srv/live::v1', { url: '/srv/live', ref: 'v1' }],
])('%s', (wish, expected) => {
  expect(splitWish(wish)).toEqual(expected);
});

test('more words stand before those of the user', () => {
  const script = '#!/bin/sh\nlb config noauto \\\n\t-d sid \\\n\t"${@}"\n';
  expect(insertWords(script, ['--memtest', 'none', '--iso-volume', "It's $mine"])).toBe(
    "#!/bin/sh\nlb config noauto \\\n\t-d sid \\\n\t--memtest none --iso-volume 'It'\\''s $mine' \"${@}\"\n",
  );
  expect(insertWords('lb config noauto "$@"\n', ['-a', 'i386'])).toBe('lb config noauto -a i386 "$@"\n');
});
