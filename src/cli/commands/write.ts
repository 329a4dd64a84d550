import { stat } from 'node:fs/promises';
import { LivewrightError } from '../../errors.ts';
import { PERSISTENCE_LABEL } from '../../usb/addPartitions.ts';
import { readDrives } from '../../usb/drives.ts';
import type { ImageFile } from '../../usb/imageFile.ts';
import type { PartitionWish } from '../../usb/layout.ts';
import { inspectDisc, requireDisc, writeDisc } from '../../usb/optical.ts';
import { planStick } from '../../usb/stickPlan.ts';
import type { StickTools } from '../../usb/stickTools.ts';
import { findTarget, requireAccess, requireWritable, type Target } from '../../usb/target.ts';
import { writeStick } from '../../usb/writeStick.ts';
import { requireImage } from '../../vm/image.ts';
import type { CommandContext } from '../context.ts';
import { withStickTools } from '../stickRoom.ts';
import { listDrives, renderDrives } from '../write/listing.ts';
import { openImage, readOperands } from '../write/operands.ts';
import { readPassphrase } from '../write/passphrase.ts';
import { confirm, losesSomething } from '../write/question.ts';
import { readWishes } from '../write/wishes.ts';

/** `lb write`: puts an image onto a stick, disc or file, reads it back, and uses the rest of the stick. */
export async function run(context: CommandContext): Promise<number> {
  const { image: named, target: wanted } = await readOperands(context);
  if (wanted === undefined || context.options['list'] === true) return showDrives(context, named);
  const wishes = readWishes(context);
  const target = await findTarget(wanted);
  const isInternalMeant = context.options['internal-disk'] === true;
  requireWritable(target, { isInternalMeant });
  const image = await openImage(named, context);
  requireWritable(target, { isInternalMeant, neededBytes: image.sizeBytes });
  await requireAccess(target);
  if (await isSameFile(image, target)) throw onItself(image.path);
  if (target.kind === 'disc') return toDisc(context, { image, target, wishes });
  return toStick(context, { image, target, wishes });
}

async function isSameFile({ path }: ImageFile, target: Target): Promise<boolean> {
  if (target.kind !== 'file' || target.sizeBytes === undefined) return false;
  const [one, other] = await Promise.all([stat(path), stat(target.path)]);
  return one.ino === other.ino && one.dev === other.dev;
}

function onItself(path: string): LivewrightError {
  return new LivewrightError('USAGE', {
    message: `${path} would be written onto itself.`,
    hint: 'Name the drive or another file as the second word.',
  });
}

interface Job<T extends Target> {
  readonly image: ImageFile;
  readonly target: T;
  readonly wishes: readonly PartitionWish[];
}

async function toStick(context: CommandContext, job: Job<Exclude<Target, { kind: 'disc' }>>): Promise<number> {
  // What cannot work is said before the tools are fetched and before anything is asked.
  const layout = planStick(job);
  if (layout !== undefined) return withStickTools(context, (tools) => write(context, job, tools));
  return write(context, job);
}

async function write(
  context: CommandContext,
  job: Job<Exclude<Target, { kind: 'disc' }>>,
  tools?: StickTools,
): Promise<number> {
  const { events, signal, options } = context;
  const { image, target } = job;
  const isEncrypted = options['encrypt'] === true;
  const layout = planStick(job);
  if (options['yes'] !== true && losesSomething(job)) await confirm({ image, target, layout, isEncrypted }, context);
  const secret = isEncrypted ? { passphrase: await readPassphrase(context) } : {};
  const writing = writeStick({ ...job, ...secret, ...(tools && { tools }), emit: events.emit, signal });
  const result = await writing.finally(() => secret.passphrase?.fill(0));
  tellWritten(context, job, { ...result, partitions: layout?.partitions ?? [] });
  const persistence = layout?.partitions.find(({ kind }) => kind === 'persistence');
  if (persistence !== undefined) events.emit({ type: 'note', message: bootAdvice(persistence.label, isEncrypted) });
  return 0;
}

/** live-boot looks for persistence only when it is told to (live-boot(7)). */
function bootAdvice(label: string, isEncrypted: boolean): string {
  const parameters = [
    'persistence',
    ...(label === PERSISTENCE_LABEL ? [] : [`persistence-label=${label}`]),
    ...(isEncrypted ? ['persistence-encryption=luks'] : []),
  ].join(' ');
  const needs = isEncrypted ? ', and the image must have the package cryptsetup-initramfs' : '';
  return `The system uses it when it is started with the boot parameters: ${parameters}${needs}.`;
}

async function toDisc(context: CommandContext, job: Job<Extract<Target, { kind: 'disc' }>>): Promise<number> {
  const { image, target, wishes } = job;
  const { events, signal, options } = context;
  if (wishes.length > 0) {
    throw new LivewrightError('USAGE', {
      message: `${target.path} is for discs, which have no partitions for persistence or data.`,
      hint: 'Leave out --persistence and --data, or write to a stick.',
    });
  }
  return withStickTools(context, async (tools) => {
    const disc = await inspectDisc(tools, target.path);
    requireDisc(disc, target.path, image.sizeBytes);
    if (options['yes'] !== true) await confirm({ image, target, disc }, context);
    const result = await writeDisc({ image, device: target.path, tools, emit: events.emit, signal });
    tellWritten(context, job, { ...result, partitions: [] });
    return 0;
  });
}

interface Written {
  readonly sha256: string;
  readonly isReadBackDirect: boolean;
  readonly partitions: readonly { readonly kind: string; readonly label: string; readonly sizeBytes: number }[];
}

function tellWritten({ events }: CommandContext, { image, target }: Job<Target>, written: Written): void {
  const { sha256, isReadBackDirect } = written;
  const partitions = written.partitions.map(({ kind, label, sizeBytes }) => ({ kind, label, sizeBytes }));
  const what = { target: target.path, image: image.path, sizeBytes: image.sizeBytes };
  events.emit({ type: 'stick-written', ...what, sha256, isReadBackDirect, partitions });
}

async function showDrives({ stdout, options, stderr }: CommandContext, image: string | undefined): Promise<number> {
  if (image !== undefined) await requireImage(image);
  const drives = listDrives(await readDrives(), { isInternalMeant: options['internal-disk'] === true });
  if (options['json'] === true) stdout.write(`${JSON.stringify({ type: 'drives', drives })}\n`);
  else stdout.write(renderDrives(drives));
  if (image !== undefined) stderr.write(`\nName the drive to write it to: lb write ${image} DEVICE\n`);
  return 0;
}
