import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { mapAtOnce } from '../../atOnce.ts';
import { LivewrightError } from '../../errors.ts';
import { requireImage } from '../../vm/image.ts';
import { readImageFacts } from '../../vm/imageFacts.ts';
import { type BootRoom, runBoot } from '../../vm/scenario.ts';
import { chooseJobs, readResources } from '../../vm/schedule.ts';
import type { GuestArchitecture } from '../../vm/types.ts';
import type { BootVerdict } from '../../vm/verdict.ts';
import type { CommandContext } from '../context.ts';
import { createFittings } from '../fittings.ts';
import { readGuestChecks } from '../guestChecks.ts';
import { findImages, type ImageToBoot, readNumber } from '../image.ts';
import { type MachineRoom, withMachineRoom } from '../machineRoom.ts';
import { writeReport } from '../report/write.ts';
import { chooseBoots, describeMatrix, type Matrix, readBootList, type SeenImage } from '../testMatrix.ts';

/** What a guest gets where `--memory` says nothing. */
const defaultMemoryMib = 2048;

/** `lb test`: boots the images in the ways they are made for and says how that went. */
export async function run(context: CommandContext): Promise<number> {
  const wanted = readBootList(context.options['boots']);
  const numbers = {
    seconds: readNumber(context, 'timeout', 'seconds'),
    memoryMib: readNumber(context, 'memory', 'MiB') ?? defaultMemoryMib,
    jobs: readNumber(context, 'jobs', 'guests'),
  };
  const images = await findImages(context);
  for (const { path } of images) await requireImage(path);
  if (context.options['list'] === true) {
    context.stdout.write(describeMatrix(await lookAtAll(images, context), createFittings(context, undefined)));
    return 0;
  }
  return withMachineRoom(context, { tree: 'vm', guest: guestOf(images) }, async (room) => {
    const fittings = createFittings(context, room);
    const seen = await lookAtAll(images, context);
    const matrix = chooseBoots(seen, wanted, fittings);
    return goThrough(context, room, { ...numbers, seen, matrix, fittings });
  });
}

/** One QEMU starts them all. */
function guestOf(images: readonly ImageToBoot[]): GuestArchitecture {
  const [guest = 'amd64', ...others] = [...new Set(images.map(({ architecture }) => architecture))];
  if (others.length === 0) return guest;
  throw new LivewrightError('USAGE', {
    message: 'The images are of several architectures.',
    hint: 'Test those of each by themselves: lb test IMAGE...',
  });
}

function lookAtAll(images: readonly ImageToBoot[], { signal }: CommandContext): Promise<SeenImage[]> {
  return Promise.all(images.map(async (image) => ({ ...image, facts: await readImageFacts(image.path, signal) })));
}

interface Settings {
  readonly seconds: number | undefined;
  readonly memoryMib: number;
  readonly jobs: number | undefined;
  readonly seen: readonly SeenImage[];
  readonly matrix: Matrix;
  readonly fittings: BootRoom['fittings'];
}

async function goThrough(context: CommandContext, room: MachineRoom, settings: Settings): Promise<number> {
  const { directory, events, options, signal } = context;
  const { matrix, memoryMib, seconds, fittings, seen } = settings;
  const outputDirectory = resolve(directory, String(options['output'] ?? '.build/livewright/boots'));
  await mkdir(outputDirectory, { recursive: true });
  const { accel, reason } = room.accel;
  const jobs = settings.jobs ?? chooseJobs(await readResources(), memoryMib);
  events.emit({ type: 'note', message: reason });
  tellLeftOut(context, matrix, seen);
  const bootRoom: BootRoom = {
    ...{ accel, memoryMib, toolsRoot: room.toolsRoot, start: room.start, newScratch: room.newScratch },
    ...{ outputDirectory, fittings, emit: events.emit, signal },
    checks: await readGuestChecks(directory),
    ...(seconds && { limits: { totalMs: seconds * 1000 } }),
  };
  const startedAt = new Date();
  const verdicts = await mapAtOnce(matrix.requests, jobs, (request) => runBoot(request, bootRoom));
  const named = Object.fromEntries(matrix.requests.map(({ name }, index) => [name, verdicts[index] as BootVerdict]));
  await writeFile(join(outputDirectory, 'verdicts.json'), `${JSON.stringify(named, undefined, 2)}\n`);
  const tried = matrix.requests.map((request) => ({ ...request, verdict: named[request.name] as BootVerdict }));
  const machine = { accel, accelReason: reason, jobs, memoryMib };
  const report = await writeReport(outputDirectory, {
    startedAt,
    images: seen,
    tried,
    leftOut: matrix.leftOut,
    machine,
  });
  events.emit({ type: 'note', message: `The report is ${report}.` });
  return conclude(named);
}

/** Rows that were asked for and do not apply are told, one sentence for each image. */
function tellLeftOut({ events }: CommandContext, { leftOut }: Matrix, seen: readonly SeenImage[]): void {
  for (const image of seen) {
    const rows = leftOut.filter((row) => row.image === image).map(({ boot, reason }) => `${boot.id} (${reason})`);
    if (rows.length > 0) {
      events.emit({ type: 'note', message: `Left out for ${basename(image.path)}: ${rows.join(', ')}.` });
    }
  }
}

function conclude(verdicts: Readonly<Record<string, BootVerdict>>): number {
  const failed = Object.entries(verdicts).filter(([, { verdict }]) => verdict === 'failed');
  const [first] = failed;
  if (first === undefined) return 0;
  throw new LivewrightError('BOOT_FAILED', {
    message: `${failed.length} of ${Object.keys(verdicts).length} boots failed: ${failed.map(([name]) => name).join(', ')}.`,
    hint: `Look at the report, at the screenshots and at ${first[1].serialLog}.`,
    data: { failed: failed.map(([name]) => name) },
  });
}
