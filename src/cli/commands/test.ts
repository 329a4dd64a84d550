import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nearest } from '../../config/nearest.ts';
import { LivewrightError } from '../../errors.ts';
import { runBootTest } from '../../vm/bootTest.ts';
import { requireImage } from '../../vm/image.ts';
import type { Attach, Firmware } from '../../vm/types.ts';
import type { BootVerdict } from '../../vm/verdict.ts';
import type { CommandContext } from '../context.ts';
import { findImage, type ImageToBoot, readNumber } from '../image.ts';
import { type MachineRoom, withMachineRoom } from '../machineRoom.ts';

interface Boot {
  readonly title: string;
  readonly firmware: Firmware;
  readonly attach: Attach;
}

const boots: Readonly<Record<string, Boot>> = {
  'bios-cd': { title: 'BIOS, as a CD', firmware: 'bios', attach: 'cd' },
  'bios-disk': { title: 'BIOS, as a USB disk', firmware: 'bios', attach: 'disk' },
  'uefi-cd': { title: 'UEFI Secure Boot, as a CD', firmware: 'uefi-secure', attach: 'cd' },
  'uefi-disk': { title: 'UEFI Secure Boot, as a USB disk', firmware: 'uefi-secure', attach: 'disk' },
};

/** `lb test`: boots the image in each way it is made for and says how that went. */
export async function run(context: CommandContext): Promise<number> {
  const image = await findImage(context);
  const names = chosenBoots(context, image);
  await requireImage(image.path);
  const seconds = readNumber(context, 'timeout', 'seconds');
  const memoryMib = readNumber(context, 'memory', 'MiB');
  const directory = resolve(context.directory, String(context.options['output'] ?? '.build/livewright/boots'));
  return withMachineRoom(context, 'vm', async (room) => {
    context.events.emit({ type: 'note', message: room.accel.reason });
    const settings = { image, directory, ...(seconds && { seconds }), ...(memoryMib && { memoryMib }) };
    const verdicts: Record<string, BootVerdict> = {};
    for (const name of names) verdicts[name] = await bootOnce(context, room, { ...settings, name });
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'verdicts.json'), `${JSON.stringify(verdicts, undefined, 2)}\n`);
    context.events.emit({ type: 'note', message: `Screenshots, consoles and verdicts are in ${directory}.` });
    return conclude(verdicts);
  });
}

interface BootSettings {
  readonly name: string;
  readonly image: ImageToBoot;
  readonly directory: string;
  readonly seconds?: number;
  readonly memoryMib?: number;
}

async function bootOnce(context: CommandContext, room: MachineRoom, settings: BootSettings): Promise<BootVerdict> {
  const { name, image, seconds, memoryMib } = settings;
  const { title, firmware, attach } = boots[name] as Boot;
  return runBootTest({
    ...{ boot: name, title, firmware, attach },
    imagePath: image.path,
    architecture: image.architecture,
    accel: room.accel.accel,
    toolsRoot: room.toolsRoot,
    start: room.start,
    scratch: await room.newScratch(),
    outputDirectory: settings.directory,
    emit: context.events.emit,
    signal: context.signal,
    ...(memoryMib && { memoryMib }),
    ...(seconds && { limits: { totalMs: seconds * 1000 } }),
  });
}

/** arm64 has no BIOS. */
function chosenBoots({ options }: CommandContext, { architecture }: ImageToBoot): string[] {
  const list = options['boots'];
  const names = Object.keys(boots);
  if (typeof list !== 'string') return names.filter((name) => architecture === 'amd64' || name.startsWith('uefi'));
  const wanted = new Set(list.split(/[\s,]+/).filter(Boolean));
  return (wanted.size === 0 ? [''] : [...wanted]).map((name) => {
    if (Object.hasOwn(boots, name)) return name;
    const near = nearest(name, names);
    throw new LivewrightError('OPTION_VALUE', {
      message: `There is no way to boot called "${name}"; expected some of ${names.join(', ')}.`,
      hint: near ? `Did you mean "${near}"?` : 'For example: lb test --boots bios-cd,uefi-disk.',
    });
  });
}

function conclude(verdicts: Readonly<Record<string, BootVerdict>>): number {
  const failed = Object.entries(verdicts).filter(([, { verdict }]) => verdict === 'failed');
  const [first] = failed;
  if (first === undefined) return 0;
  throw new LivewrightError('BOOT_FAILED', {
    message: `${failed.length} of ${Object.keys(verdicts).length} boots failed: ${failed.map(([name]) => name).join(', ')}.`,
    hint: `Look at the screenshots and at ${first[1].serialLog}.`,
    data: { failed: failed.map(([name]) => name) },
  });
}
