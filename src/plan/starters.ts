import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import type { Step } from '../engine/step.ts';
import { type StarterOptions, starterStep } from '../steps/starter.ts';
import type { TreeRef } from '../store/types.ts';

/** A starter, and whether a medium of that type has it. */
export interface PlannedStarter {
  readonly step: Step<TreeRef>;
  readonly isOn: (type: ImageType) => boolean;
}

/** The steps behind `--loadlin` and `--win32-loader`, programs of PCs; a medium that only a network sees has no use for loadlin. */
export function planStarters(
  values: LiveValues,
  options: Pick<StarterOptions, 'index' | 'epoch' | 'downloader'>,
): PlannedStarter[] {
  const { architecture, loadlin, win32Loader, debianInstaller, debianInstallerGui } = values;
  if (architecture !== 'amd64' && architecture !== 'i386') return [];
  const installer = debianInstaller !== 'none';
  const texts = { architecture, installer, gui: debianInstallerGui };
  const plan = (name: StarterOptions['name']) => starterStep({ ...options, name, texts });
  return [
    ...(loadlin ? [{ step: plan('loadlin'), isOn: (type: ImageType) => type !== 'netboot' }] : []),
    ...(win32Loader ? [{ step: plan('win32-loader'), isOn: () => true }] : []),
  ];
}
