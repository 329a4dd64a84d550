import { basename } from 'node:path';
import { nearest } from '../config/nearest.ts';
import { LivewrightError } from '../errors.ts';
import { type Fittings, whyNot } from '../vm/applies.ts';
import type { ImageFacts } from '../vm/imageFacts.ts';
import { type Boot, bootGroups, boots, findBoots } from '../vm/matrix.ts';
import type { BootRequest } from '../vm/scenario.ts';
import type { ImageToBoot } from './image.ts';

/** An image that is there, and what can be seen of it. */
export interface SeenImage extends ImageToBoot {
  readonly facts: ImageFacts;
}

/** A row of the matrix that was asked for and does not apply. */
export interface LeftOut {
  readonly image: SeenImage;
  readonly boot: Boot;
  /** The end of a sentence: `this is a disk image`. */
  readonly reason: string;
}

export interface Matrix {
  readonly requests: readonly (BootRequest & { readonly image: SeenImage })[];
  readonly leftOut: readonly LeftOut[];
}

/** The rows that a list names; undefined without a list. */
export function readBootList(list: string | true | undefined): readonly Boot[] | undefined {
  if (typeof list !== 'string') return undefined;
  const words = list.split(/[\s,]+/).filter(Boolean);
  const found = (words.length === 0 ? [''] : words).flatMap((word) => findNamed(word));
  return boots.filter((boot) => found.includes(boot));
}

function findNamed(word: string): readonly Boot[] {
  const found = findBoots(word);
  if (found.length > 0) return found;
  const near = nearest(word, [...boots.map(({ id }) => id), ...bootGroups]);
  throw new LivewrightError('OPTION_VALUE', {
    message: `There is no way to boot called "${word}"; expected some of ${boots.map(({ id }) => id).join(', ')}, or ${bootGroups.join(', ')}.`,
    hint: near
      ? `Did you mean "${near}"?`
      : 'For example: lb test --boots bios-cd,uefi-disk; "lb test --list" shows them all.',
  });
}

/** Without a list: what shows in the shortest time that an image boots. */
function isCheap({ group }: Boot): boolean {
  return group === 'login' || group === 'nfs';
}

/** Which rows are gone through with which image. Where nothing was named, rows that do not apply go without mention. */
export function chooseBoots(
  images: readonly SeenImage[],
  wanted: readonly Boot[] | undefined,
  fittings: Fittings,
): Matrix {
  const rows = images.flatMap((image) => (wanted ?? boots.filter(isCheap)).map((boot) => ({ image, boot })));
  const judged = rows.map(({ image, boot }) => ({ image, boot, reason: whyNot(boot, image, fittings) }));
  const requests = judged
    .filter(({ reason }) => reason === undefined)
    .map(({ image, boot }) => ({ image, boot, ...nameBoot(boot, image, images) }));
  const leftOut = judged.flatMap(({ image, boot, reason }) => (reason === undefined ? [] : [{ image, boot, reason }]));
  if (requests.length === 0) throw nothingToBoot(leftOut, wanted !== undefined);
  return { requests, leftOut: leftOut.filter(({ boot, image }) => wanted || boot.kinds.includes(image.facts.kind)) };
}

/** Files and events are named by the row, and by the image too where there are several. */
function nameBoot(boot: Boot, image: SeenImage, images: readonly SeenImage[]): { name: string; title: string } {
  if (images.length === 1) return { name: boot.id, title: boot.title };
  const { kind } = image.facts;
  const alike = images.filter(({ facts }) => facts.kind === kind);
  const which = alike.length === 1 ? kind : `${kind}-${alike.indexOf(image) + 1}`;
  return { name: `${which}-${boot.id}`, title: `${which}: ${boot.title}` };
}

function nothingToBoot(leftOut: readonly LeftOut[], isNamed: boolean): LivewrightError {
  const [first] = leftOut;
  const why = first ? ` ${first.boot.id} does not apply to ${basename(first.image.path)}: ${first.reason}.` : '';
  return new LivewrightError(isNamed ? 'OPTION_VALUE' : 'NOT_SUPPORTED', {
    message: `There is nothing to boot.${why}`,
    hint: 'See "lb test --list" for what applies to an image.',
    data: { leftOut: leftOut.map(({ boot, image, reason }) => ({ boot: boot.id, image: image.path, reason })) },
  });
}

/**
 * The matrix for each image, for a person: what applies, and why the rest does not. Rows for other kinds of images are counted
 * in one line.
 */
export function describeMatrix(images: readonly SeenImage[], fittings: Fittings): string {
  const width = Math.max(...boots.map(({ id }) => id.length));
  const titleWidth = Math.max(...boots.map(({ title }) => title.length));
  const describeImage = (image: SeenImage) => {
    const ofKind = boots.filter(({ kinds }) => kinds.includes(image.facts.kind));
    const lines = ofKind.map((boot) => {
      const reason = whyNot(boot, image, fittings);
      const verdict = reason === undefined ? (isCheap(boot) ? 'yes, by default' : 'yes') : `no: ${reason}`;
      return `  ${boot.id.padEnd(width)}  ${boot.title.padEnd(titleWidth)}  ${verdict}`;
    });
    const others = boots.length - ofKind.length;
    const rest = `  and ${others} that are for other kinds of images`;
    return [`${basename(image.path)} (${image.facts.kind}, ${image.architecture})`, ...lines, rest].join('\n');
  };
  return `${images.map(describeImage).join('\n\n')}\n`;
}
