import { expect, test } from 'vitest';
import { deriveUuid } from './hdd/ids.ts';
import { withRootWords } from './rootWords.ts';
import { defaultSettings } from './testSettings.ts';

const ids = { uuid: '01234567-89ab-8cde-8f01-23456789abcd', epochSeconds: 1_700_000_000 };

test('a usual medium is left alone', () => {
  expect(withRootWords(defaultSettings, ids)).toEqual(defaultSettings);
});

test('dracut is told the volume name with its time', () => {
  const bootAppendLive = 'boot=live root=live:CDLABEL=Debian_@ISOVOLUME_TS@ quiet';
  const settings = { ...defaultSettings, initramfs: 'dracut-live' as const, bootAppendLive };
  const words = withRootWords(settings, ids);
  expect(words.bootAppendLive).toBe('boot=live root=live:CDLABEL=Debian_20231114-22:13 quiet');
  expect(words.isoVolume).toBe(settings.isoVolume);
});

test('a disk that is the system is named as root, unless the user names another', () => {
  const disk = { imageType: 'hdd', filesystem: 'ext4', initramfs: 'none', rootFilesystem: 'none' } as const;
  const settings = { ...defaultSettings, ...disk, bootAppendLive: 'quiet', bootAppendLiveFailsafe: 'none' };
  const { bootAppendLive, bootAppendLiveFailsafe } = withRootWords(settings, ids);
  expect(bootAppendLive).toBe(`root=UUID=${deriveUuid(ids, 'file system')} rw quiet`);
  expect(bootAppendLiveFailsafe).toBe('none');
  const own = { ...settings, bootAppendLive: 'quiet root=LABEL=x' };
  expect(withRootWords(own, ids).bootAppendLive).toBe('quiet root=LABEL=x');
  expect(withRootWords({ ...settings, imageType: 'tar' }, ids).bootAppendLive).toBe('quiet');
});
