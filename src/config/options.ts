import { archiveOptions } from './options/archives.ts';
import { bootOptions } from './options/boot.ts';
import { bootMenuOptions } from './options/bootMenu.ts';
import { buildOptions } from './options/build.ts';
import { imageOptions } from './options/image.ts';
import { installerOptions } from './options/installer.ts';
import { netbootOptions } from './options/netboot.ts';
import { packageOptions } from './options/packages.ts';
import type { DerivedRow, OptionRow } from './options/row.ts';
import { sourceOptions } from './options/source.ts';
import { systemOptions } from './options/system.ts';
import { targetOptions } from './options/target.ts';

/**
 * The one table of options. Command line, option files, help and the type of the configuration follow from it.
 * The names are those of live-build's options in camelCase.
 */
export const options = {
  ...targetOptions,
  ...archiveOptions,
  ...packageOptions,
  ...systemOptions,
  ...bootOptions,
  ...bootMenuOptions,
  ...imageOptions,
  ...netbootOptions,
  ...installerOptions,
  ...sourceOptions,
  ...buildOptions,
};

type Options = typeof options;

export type OptionName = keyof Options;

/** The type of an option's value. */
export type ValueOf<Name extends OptionName> = Options[Name] extends OptionRow<infer T> ? T : never;

/** A value for every option. */
export type LiveValues = { readonly [Name in OptionName]: ValueOf<Name> };

/** The options without a constant default. */
export type DerivedName = {
  [Name in OptionName]: Options[Name] extends DerivedRow<unknown> ? Name : never;
}[OptionName];

export const optionNames = Object.keys(options) as readonly OptionName[];

/** A row of the table as code that walks over the table sees it: the type of the value is not known. */
export function rowOf(name: OptionName): OptionRow {
  return options[name] as unknown as OptionRow;
}
