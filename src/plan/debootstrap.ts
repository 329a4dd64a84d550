import type { LiveValues } from '../config/options.ts';
import { LivewrightError, type Place } from '../errors.ts';
import type { BootstrapWishes } from '../steps/resolve.ts';

const variants = new Map<string | undefined, BootstrapWishes['variant']>([
  ['minbase', 'minbase'],
  ['standard', 'standard'],
  ['-', 'standard'],
]);

/** What options say of the base system. A foreign one may do without more packages, as in live-build. */
export function bootstrapWishes(values: LiveValues): BootstrapWishes {
  const wishes = parseDebootstrapOptions(withoutArchitecture(values));
  const isForeign = values.bootstrapQemuArchitecture === values.architecture;
  return isForeign ? { ...wishes, exclude: [...wishes.exclude, ...values.bootstrapQemuExclude] } : wishes;
}

/** live-build itself tells debootstrap the architecture, so saying the same again changes nothing. */
function withoutArchitecture({ debootstrapOptions, architecture }: LiveValues): string {
  return debootstrapOptions.replaceAll(new RegExp(`(?<!\\S)--arch[= ]${architecture}(?!\\S)`, 'g'), '');
}

/** Reads `--debootstrap-options` as far as they say which packages the base system has. */
export function parseDebootstrapOptions(text: string, place?: Place): BootstrapWishes {
  let variant: BootstrapWishes['variant'] = 'standard';
  const include: string[] = [];
  const exclude: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [, name, value] = /^--(variant|include|exclude)=(.*)$/.exec(word) ?? [];
    const chosen = name === 'variant' ? variants.get(value) : undefined;
    if (isAboutKeys(word) || unneeded.test(word)) continue;
    if (chosen !== undefined) variant = chosen;
    else if (name === 'include') include.push(...splitNames(value));
    else if (name === 'exclude') exclude.push(...splitNames(value));
    else throw notSupported(word, place);
  }
  return { variant, include, exclude };
}

/** debootstrap gives a base system from a mirror that is reached by HTTPS what apt needs to trust it. */
export function forMirror(wishes: BootstrapWishes, mirror: string): BootstrapWishes {
  if (!/^https:/i.test(mirror)) return wishes;
  return { ...wishes, include: [...wishes.include, 'ca-certificates'] };
}

/**
 * How debootstrap works, where we have nothing that works in that way; archive areas, which are the configuration's; and
 * the layout of /usr, of which Debian has had only one since bookworm.
 */
const unneeded =
  /^--((no-)?(merged-usr|resolve-deps)|extractor|cache-dir|unpack-tarball|components|verbose|keep-debootstrap-dir|force-check-gpg|log-extra-deps)(=.*)?$/;

/** Signatures are checked in any case: with keys that the tree brings, if not with Debian's. */
const isAboutKeys = (word: string): boolean => /^--keyring=|^--no-check-gpg$/.test(word);

/** The files of `--keyring=FILE`: keys that may sign the archives. */
export function debootstrapKeyrings(text: string): string[] {
  return [...text.matchAll(/(?:^|\s)--keyring=(\S+)/g)].map(([, path = '']) => path);
}

const splitNames = (text = ''): string[] => text.split(/[,\s]+/).filter(Boolean);

function notSupported(word: string, place: Place | undefined): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `The debootstrap option "${word}" is not one that this version acts on.`,
    hint: 'It acts on --variant=minbase, --include=NAMES, --exclude=NAMES and --keyring=FILE; take the rest out of --debootstrap-options.',
    ...(place && { place }),
  });
}
