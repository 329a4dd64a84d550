import { shortStamp } from './epoch.ts';
import { deriveUuid } from './hdd/ids.ts';
import type { MediumSettings } from './settings.ts';

type MediumIds = Parameters<typeof deriveUuid>[0];

/** The settings with what kernel parameters say of the medium once it is known which it is. */
export function withRootWords(settings: MediumSettings, ids: MediumIds): MediumSettings {
  return namingRoot(withVolumeTime(settings, ids.epochSeconds), ids);
}

/** dracut finds the medium by its volume name, which has the time in it (`root=live:CDLABEL=...@ISOVOLUME_TS@`). */
function withVolumeTime(settings: MediumSettings, epochSeconds: number): MediumSettings {
  if (settings.initramfs !== 'dracut-live') return settings;
  const fill = (text: string): string => text.replaceAll('@ISOVOLUME_TS@', shortStamp(epochSeconds));
  return {
    ...settings,
    bootAppendLive: fill(settings.bootAppendLive),
    bootAppendLiveFailsafe: fill(settings.bootAppendLiveFailsafe),
  };
}

/** A disk that is itself the root of a system is named to the kernel, unless the user has named one. */
function namingRoot(settings: MediumSettings, ids: MediumIds): MediumSettings {
  if (settings.rootFilesystem !== 'none' || settings.imageType !== 'hdd') return settings;
  const root = `root=UUID=${deriveUuid(ids, 'file system')} rw`;
  const add = (text: string): string => (text === 'none' || /(?:^|\s)root=/.test(text) ? text : `${root} ${text}`);
  return {
    ...settings,
    bootAppendLive: add(settings.bootAppendLive),
    bootAppendLiveFailsafe: add(settings.bootAppendLiveFailsafe),
  };
}
