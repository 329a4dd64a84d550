import { LivewrightError, type Place } from '../errors.ts';
import type { BootstrapWishes } from '../steps/resolve.ts';

const variants = new Map<string | undefined, BootstrapWishes['variant']>([
  ['minbase', 'minbase'],
  ['standard', 'standard'],
  ['-', 'standard'],
]);

/** Reads `--debootstrap-options` as far as they say which packages the base system has. */
export function parseDebootstrapOptions(text: string, place?: Place): BootstrapWishes {
  let variant: BootstrapWishes['variant'] = 'standard';
  const include: string[] = [];
  const exclude: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [, name, value] = /^--(variant|include|exclude)=(.*)$/.exec(word) ?? [];
    const chosen = name === 'variant' ? variants.get(value) : undefined;
    if (chosen !== undefined) variant = chosen;
    else if (name === 'include') include.push(...splitNames(value));
    else if (name === 'exclude') exclude.push(...splitNames(value));
    else throw notSupported(word, place);
  }
  return { variant, include, exclude };
}

const splitNames = (text = ''): string[] => text.split(/[,\s]+/).filter(Boolean);

function notSupported(word: string, place: Place | undefined): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `The debootstrap option "${word}" is not one that this version acts on.`,
    hint: 'It acts on --variant=minbase, --include=NAMES and --exclude=NAMES; take the rest out of --debootstrap-options.',
    ...(place && { place }),
  });
}
