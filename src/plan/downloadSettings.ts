import { parseAptConf } from '../debian/aptConf.ts';
import type { AptFiles } from '../steps/aptFiles.ts';
import { settingsOfOptions } from './aptOptions.ts';

/** What settings of apt's say about downloads, which are made by Node here and not by apt. */
export interface DownloadSettings {
  /** Whether an index may be older than it says; absent: as on this machine. */
  readonly checkValidUntil?: boolean;
  /** Absent: as on this machine. */
  readonly proxy?: string;
}

/** Reads the settings that the tree has for apt while the system is built, and what `--apt-options` says behind them. */
export function downloadSettings(files: AptFiles, aptOptions: string): DownloadSettings {
  const ofFiles = confTexts(files).flatMap((text) => [...parseAptConf(text)]);
  const settings = new Map([...ofFiles, ...settingsOfOptions(aptOptions)]);
  const check = settings.get('acquire::check-valid-until');
  const proxy = settings.get('acquire::http::proxy');
  return {
    ...(check !== undefined && { checkValidUntil: !/^(false|no|off|without|disable|0)$/i.test(check) }),
    ...(proxy && { proxy }),
  };
}

/** Texts of apt.conf(5), in the order in which apt reads them. */
export function confTexts(files: AptFiles): string[] {
  const parts = Object.keys(files).filter((path) => path.startsWith('apt.conf.d/'));
  const paths = [...parts.sort(), ...Object.keys(files).filter((name) => name === 'apt.conf')];
  return paths.map((path) => Buffer.from(files[path] ?? '').toString('utf8'));
}
