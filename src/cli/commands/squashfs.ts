import { resolve } from 'node:path';
import { LivewrightError } from '../../errors.ts';
import {
  deflateBlocks,
  extractImage,
  type ImageEntry,
  linkSquashfs,
  listImage,
  mergeTrees,
  verifyImage,
  withImage,
} from '../../squashfs/index.ts';
import type { CommandContext } from '../context.ts';
import { formatSize, plural } from '../reporters/format.ts';
import { listingLine } from '../squashfsListing.ts';

const verbs: Readonly<Record<string, (context: CommandContext, words: readonly string[]) => Promise<number>>> = {
  list,
  extract,
  verify,
  link,
};

/** `lb squashfs VERB ...`: SquashFS images, whoever made them. */
export async function run(context: CommandContext): Promise<number> {
  const [verb = '', ...words] = context.positionals;
  const runVerb = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (runVerb !== undefined) return runVerb(context, words);
  throw new LivewrightError('USAGE', {
    message: `"lb squashfs" knows no "${verb}".`,
    hint: `Say one of: ${Object.keys(verbs).join(', ')}.`,
  });
}

async function list(context: CommandContext, words: readonly string[]): Promise<number> {
  const [image] = expectWords(context, words, ['IMAGE']);
  const show = context.options['json'] === true ? jsonLine : listingLine;
  await withImage(image!, async (opened) => {
    for await (const entry of listImage(opened)) {
      context.signal.throwIfAborted();
      context.stdout.write(`${show(entry)}\n`);
    }
  });
  return 0;
}

function jsonLine(entry: ImageEntry): string {
  const xattrs = Object.entries(entry.xattrs).map(([name, value]) => [name, value.toString('hex')]);
  return JSON.stringify({ ...entry, mode: entry.mode.toString(8), xattrs: Object.fromEntries(xattrs) });
}

async function extract(context: CommandContext, words: readonly string[]): Promise<number> {
  const [image, directory] = expectWords(context, words, ['IMAGE', 'DIRECTORY']);
  const keepOwners = process.getuid?.() === 0;
  const { names, contentBytes, left } = await extractImage(image!, {
    ...{ directory: directory!, keepOwners, signal: context.signal },
  });
  if (left.length > 0) {
    const examples = left.slice(0, 3).join(', ');
    context.events.emit({
      type: 'warning',
      message: `${plural(left.length, 'thing')} could not be unpacked: ${examples}${left.length > 3 ? ', ...' : ''}.`,
      hint: 'Devices and extended attributes are left out; mount the image, or use unsquashfs as root, to have them.',
    });
  }
  note(context, `${plural(names, 'name')} unpacked, ${formatSize(contentBytes)}.`);
  return 0;
}

async function verify(context: CommandContext, words: readonly string[]): Promise<number> {
  const [image] = expectWords(context, words, ['IMAGE']);
  const { names, inodes, dataBlocks, fragmentBlocks, contentBytes } = await verifyImage(image!, {
    signal: context.signal,
  });
  const blocks = `${plural(dataBlocks, 'data block')}, ${plural(fragmentBlocks, 'fragment block')}`;
  note(
    context,
    `All is well: ${plural(names, 'name')}, ${plural(inodes, 'inode')}, ${blocks}, ${formatSize(contentBytes)}.`,
  );
  return 0;
}

/** The images laid over one another, the last on top. */
async function link(context: CommandContext, words: readonly string[]): Promise<number> {
  const [output, ...objects] = expectWords(context, words, ['OUTPUT', 'IMAGE', '...']);
  const { codec, blockSizeBytes, createdSeconds } = await withImage(objects[0]!, async ({ superblock }) => superblock);
  const { sizeBytes, repackedBytes } = await linkSquashfs({
    ...{ output: output!, objects, codec, blockSizeBytes, epochSeconds: createdSeconds, signal: context.signal },
    entries: await mergeTrees(objects),
    // Other compressors would need mksquashfs; without one, tables are stored as they are, which is legal and a little larger.
    ...(codec === 'gzip' && { compress: deflateBlocks }),
  });
  note(context, `${output}: ${formatSize(sizeBytes)}, of which ${formatSize(repackedBytes)} packed anew.`);
  return 0;
}

function note({ events }: CommandContext, message: string): void {
  events.emit({ type: 'note', message });
}

/** Paths by the names they have in the help; "..." stands for any number of further ones. */
function expectWords(context: CommandContext, words: readonly string[], names: readonly string[]): string[] {
  const isOpen = names.at(-1) === '...';
  const needed = isOpen ? names.length - 1 : names.length;
  if (words.length < needed || (!isOpen && words.length > needed)) {
    const [verb] = context.positionals;
    throw new LivewrightError('USAGE', {
      message: `"lb squashfs ${verb}" needs ${names.join(' ')}; ${plural(words.length, 'word')} came.`,
      hint: '"lb help squashfs" has examples.',
    });
  }
  return words.map((word) => resolve(context.directory, word));
}
