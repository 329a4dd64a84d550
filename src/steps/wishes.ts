import { nearest } from '../config/nearest.ts';
import { LivewrightError, type Place } from '../errors.ts';
import type { Stanzas } from './stanzas.ts';

/** One package asked for, in apt's own syntax, and who asks. */
export interface Wish {
  readonly spec: string;
  readonly place?: Place;
}

/** `name` and `arch` of apt's syntax: `name=version`, `name/suite`, `name:arch`, `name-` (remove), `name+`. */
function readSpec(spec: string, isKnown: (name: string) => boolean): { name: string; architecture?: string } {
  const bare = spec.replace(/[=/].*$/, '');
  const [, name = bare, architecture] = /^([^:]*):([a-z0-9-]+?)[-+]?$/.exec(bare) ?? [];
  if (architecture !== undefined) return { name, architecture };
  return { name: isKnown(name) ? name : name.replace(/[-+]$/, '') };
}

/** The architectures that wishes name, besides those that stand for the image's own. */
export function foreignArchitectures(specs: readonly string[], own: string): string[] {
  const named = specs.map((spec) => /^[a-z0-9][a-z0-9+.-]*:([a-z0-9-]+?)[-+]?$/.exec(spec.replace(/[=/].*$/, ''))?.[1]);
  const foreign = named.filter((name) => name !== undefined && !['any', 'all', 'native', own].includes(name));
  return [...new Set(foreign as string[])].sort();
}

export function wishName(spec: string, isKnown: (name: string) => boolean): string {
  return readSpec(spec, isKnown).name;
}

/** Whether no index has the package. Tasks and patterns are apt's business. */
export function isUnknown({ spec }: Wish, stanzas: Stanzas): boolean {
  if (isPattern(spec)) return false;
  const name = wishName(spec, (candidate) => stanzas.has(candidate));
  return !stanzas.has(name) && !stanzas.provides(name);
}

const isPattern = (spec: string): boolean => /^[^=/]*[\^~?*]/.test(spec);

/** Refuses packages that no index has, before apt does: it knows neither the list's name nor the line. */
export function checkWishes(wishes: readonly Wish[], stanzas: Stanzas, architectures: readonly string[]): void {
  for (const wish of wishes) {
    if (isPattern(wish.spec)) continue;
    const { name, architecture: foreign } = readSpec(wish.spec, (candidate) => stanzas.has(candidate));
    if (foreign !== undefined && !['any', 'all', 'native', ...architectures].includes(foreign)) {
      throw new LivewrightError('NOT_SUPPORTED', {
        message: `"${wish.spec}" asks for a package of an architecture whose lists of packages were not fetched.`,
        hint: 'Name one package of that architecture in a list itself: what a command says comes too late.',
        ...(wish.place && { place: wish.place }),
      });
    }
    if (isUnknown(wish, stanzas)) throw noKernels(wish, name, stanzas) ?? notFound(wish, name, stanzas);
  }
}

/** Where a kernel is missing because there is none at all; the nearest name would be that of something else. */
function noKernels({ place }: Wish, name: string, stanzas: Stanzas): LivewrightError | undefined {
  if (!name.startsWith('linux-image-')) return undefined;
  for (const known of stanzas.names) if (known.startsWith('linux-image-')) return undefined;
  return new LivewrightError('PACKAGE_NOT_FOUND', {
    message: `The configured archives have no kernel for this architecture, so none called ${name}.`,
    hint: 'Debian has had none for i386 since Debian 13 (trixie): build its predecessor (lb config --distribution bookworm), add an archive that has one, or do without (--linux-packages none).',
    ...(place && { place }),
    data: { name },
  });
}

function notFound(wish: Wish, name: string, stanzas: Stanzas): LivewrightError {
  const near = nearest(name, stanzas.names);
  return new LivewrightError('PACKAGE_NOT_FOUND', {
    message: `The package "${name}" is in none of the configured archives.`,
    hint: near
      ? `Did you mean "${near}"?`
      : 'Check the spelling, and whether its archive area (--archive-areas) or repository is configured.',
    ...(wish.place && { place: wish.place }),
    data: { name, nearest: near },
  });
}
