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

export function wishName(spec: string, isKnown: (name: string) => boolean): string {
  return readSpec(spec, isKnown).name;
}

/** Refuses packages that no index has, before apt does: it knows neither the list's name nor the line. */
export function checkWishes(wishes: readonly Wish[], stanzas: Stanzas, architecture: string): void {
  for (const wish of wishes) {
    if (/^[^=/]*[\^~?*]/.test(wish.spec)) continue; // tasks and patterns: apt's business
    const { name, architecture: foreign } = readSpec(wish.spec, (candidate) => stanzas.has(candidate));
    if (foreign !== undefined && !['any', 'all', 'native', architecture].includes(foreign)) {
      throw new LivewrightError('NOT_SUPPORTED', {
        message: `"${wish.spec}" asks for a package of another architecture, which this version cannot install yet.`,
        hint: `Ask for the ${architecture} package, or take the line out.`,
        ...(wish.place && { place: wish.place }),
      });
    }
    if (!stanzas.has(name) && !stanzas.provides(name)) throw notFound(wish, name, stanzas);
  }
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
