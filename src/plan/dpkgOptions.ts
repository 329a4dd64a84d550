import { aptConfLists } from '../debian/aptConf.ts';
import type { AptFiles } from '../steps/aptFiles.ts';
import { settingsOfOptions } from './aptOptions.ts';
import { confTexts } from './downloadSettings.ts';

/** What says how files are unpacked and whose settings win; the rest (other directories, logs) is about machines. */
const aboutFiles = /^--(force-|no-force-|refuse-|path-exclude=|path-include=)[^"\s]*$/;

/**
 * Options for dpkg while packages are installed, of the tree's settings for apt and then of `--apt-options`:
 * `-o Dpkg::Options::=--force-confnew` and the like.
 */
export function dpkgOptions(files: AptFiles, aptOptions: string): string[] {
  const ofFiles = confTexts(files).flatMap((text) => aptConfLists(text, 'dpkg::options'));
  const ofWords = settingsOfOptions(aptOptions).flatMap(([name, value]) => (name === 'dpkg::options::' ? [value] : []));
  return [...ofFiles, ...ofWords].filter((word) => aboutFiles.test(word));
}
