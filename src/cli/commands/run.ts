import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError } from '../../errors.ts';
import { requireImage } from '../../vm/image.ts';
import { type RunGuestOptions, runGuest } from '../../vm/runGuest.ts';
import type { CommandContext, Environment } from '../context.ts';
import { findImage, isArchive, readNumber } from '../image.ts';
import { withMachineRoom } from '../machineRoom.ts';

/** `lb run`: boots the image for a person. */
export async function run(context: CommandContext): Promise<number> {
  const { options, env, signal, events } = context;
  const image = await findImage(context);
  refuseArchive(image.path);
  await requireImage(image.path);
  const memoryMib = readNumber(context, 'memory', 'MiB');
  const isSerial = options['serial'] === true;
  const desktop = isSerial ? undefined : await findDesktop(env);
  const wish = { tree: isSerial ? 'vm' : 'display', guest: image.architecture } as const;
  return withMachineRoom(context, wish, async (room) => {
    events.emit({ type: 'note', message: room.accel.reason });
    if (isSerial) events.emit({ type: 'note', message: 'This terminal is the guest’s serial line; Ctrl-a x ends it.' });
    await runGuest({
      imagePath: image.path,
      architecture: image.architecture,
      firmware: options['uefi'] === true || image.architecture === 'arm64' ? 'uefi-secure' : 'bios',
      // No machine takes a disk's image for a CD.
      attach: options['disk'] === true || image.path.endsWith('.img') ? 'disk' : 'cd',
      accel: room.accel.accel,
      view: isSerial ? 'serial' : 'window',
      toolsRoot: room.toolsRoot,
      scratch: await room.newScratch(),
      start: room.start,
      signal,
      ...(desktop && { desktop }),
      ...(memoryMib && { memoryMib }),
    });
    return 0;
  });
}

function refuseArchive(path: string): void {
  if (!isArchive(path)) return;
  throw new LivewrightError('USAGE', {
    message: `${path} is an archive, which no machine starts by itself.`,
    hint: 'Serve a netboot image with `lb serve netboot`, or let `lb test` boot a machine from it.',
  });
}

/** The sockets and cookies of the user's display server. */
async function findDesktop(env: Environment): Promise<NonNullable<RunGuestOptions['desktop']>> {
  const { DISPLAY, XAUTHORITY, HOME, WAYLAND_DISPLAY, XDG_RUNTIME_DIR } = env;
  const variables = { DISPLAY, WAYLAND_DISPLAY, XDG_RUNTIME_DIR };
  if (!DISPLAY && !WAYLAND_DISPLAY) {
    throw new LivewrightError('USAGE', {
      message: 'There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).',
      hint: 'Use `lb run --serial` to have the guest in this terminal.',
    });
  }
  const cookie = XAUTHORITY ?? (HOME && join(HOME, '.Xauthority'));
  const candidates = [
    '/tmp/.X11-unix',
    cookie,
    WAYLAND_DISPLAY && XDG_RUNTIME_DIR && join(XDG_RUNTIME_DIR, WAYLAND_DISPLAY),
  ];
  const present = await Promise.all(candidates.map((path) => (path ? exists(path) : undefined)));
  return {
    binds: present.filter((path) => path !== undefined).map((path) => ({ source: path, target: path, writable: true })),
    env: {
      ...Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1]))),
      ...(cookie && { XAUTHORITY: cookie }),
    },
  };
}

const exists = (path: string): Promise<string | undefined> =>
  access(path).then(
    () => path,
    () => undefined,
  );
