import type { InstallerTree } from '../config/installerTree.ts';
import type { LiveValues } from '../config/options.ts';
import type { ConfigWarning } from '../config/settings.ts';
import { loadsFromMedium } from './mediumSettings.ts';

interface ForInstaller extends Pick<InstallerTree, 'preseeds' | 'answers' | 'excluded' | 'packages'> {
  /** Whether there is anything in `config/includes.installer`. */
  readonly hasIncludes: boolean;
}

/** A warning for each place with files for an installer, where there is none or it does not look there. */
export function idleForInstaller(values: LiveValues, files: ForInstaller): ConfigWarning[] {
  const { debianInstaller, binaryImages } = values;
  const paths = [...files.preseeds, ...files.answers, ...files.packages].map(({ path }) => path);
  const ofMedium = [
    ...paths.filter((path) => path.startsWith('config/packages.binary/')),
    ...(files.excluded.length > 0 ? ['config/debian-installer/udeb_exclude'] : []),
  ];
  if (debianInstaller === 'none') {
    const others = paths.filter((path) => path.endsWith('.installer') || path.startsWith('config/debian-installer/'));
    const includes = files.hasIncludes ? ['config/includes.installer'] : [];
    return [...others, ...includes, ...ofMedium].map((path) => ({
      message: 'Nothing reads it: it is for an installer, and there is none with --debian-installer none.',
      place: { path },
    }));
  }
  if (binaryImages.some((type) => loadsFromMedium(values, type))) return [];
  return ofMedium.map((path) => ({
    message: `Nothing reads it: it is for an installer that loads from the medium, which that of --debian-installer ${debianInstaller} does not.`,
    place: { path },
  }));
}
