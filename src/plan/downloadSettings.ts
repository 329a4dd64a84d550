import { type AptConf, parseAptConf } from '../debian/aptConf.ts';
import type { AptFiles } from '../steps/aptFiles.ts';
import { splitWords } from './aptOptions.ts';

/** What settings of apt's say about downloads, which are made by Node here and not by apt. */
export interface DownloadSettings {
  /** Whether an index may be older than it says; absent: as on this machine. */
  readonly checkValidUntil?: boolean;
  /** Absent: as on this machine. */
  readonly proxy?: string;
}

/** Reads the settings that the tree has for apt while the system is built, and what `--apt-options` says behind them. */
export function downloadSettings(files: AptFiles, aptOptions: string): DownloadSettings {
  const parts = Object.keys(files).filter((path) => path.startsWith('apt.conf.d/'));
  const settings = new Map<string, string>();
  for (const path of [...parts.sort(), ...Object.keys(files).filter((name) => name === 'apt.conf')]) {
    for (const [name, value] of parseAptConf(Buffer.from(files[path] ?? '').toString('utf8')))
      settings.set(name, value);
  }
  for (const [name, value] of optionsOf(aptOptions)) settings.set(name, value);
  const check = settings.get('acquire::check-valid-until');
  const proxy = settings.get('acquire::http::proxy');
  return {
    ...(check !== undefined && { checkValidUntil: !/^(false|no|off|without|disable|0)$/i.test(check) }),
    ...(proxy && { proxy }),
  };
}

/** `-o NAME=VALUE` in all its spellings (apt-get(8)). */
function optionsOf(text: string): AptConf {
  const words = splitWords(text);
  const found = words.flatMap((word, index) => {
    if (words[index - 1] === '-o' || words[index - 1] === '--option') return [word];
    const [, setting] = /^(?:-o=?|--option=)(.+)$/.exec(word) ?? [];
    return setting === undefined ? [] : [setting];
  });
  return new Map(found.map((setting) => splitSetting(setting)));
}

function splitSetting(setting: string): [string, string] {
  const at = setting.indexOf('=');
  return at < 0 ? [setting.toLowerCase(), ''] : [setting.slice(0, at).toLowerCase(), setting.slice(at + 1)];
}
