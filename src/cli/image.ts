import { join, resolve } from 'node:path';
import { resolveConfig } from '../config/load.ts';
import { LivewrightError } from '../errors.ts';
import { imageFileNames } from '../plan/outputs.ts';
import type { GuestArchitecture } from '../vm/types.ts';
import type { CommandContext } from './context.ts';

export interface ImageToBoot {
  readonly path: string;
  readonly architecture: GuestArchitecture;
}

/** The image named on the command line, else the first that this directory's configuration makes and a machine can start. */
export async function findImage({ directory, env, positionals }: CommandContext): Promise<ImageToBoot> {
  const [named, ...more] = positionals;
  if (more.length > 0) {
    throw new LivewrightError('USAGE', {
      message: `Expected one image, found ${positionals.length}: ${positionals.join(' ')}.`,
      hint: 'Name one image at a time.',
    });
  }
  if (named === undefined) {
    const images = await configuredImages({ directory, env });
    return (images.find(({ path }) => !isArchive(path)) ?? images[0]) as ImageToBoot;
  }
  return namedImage(named, { directory, env });
}

/** The images named on the command line, else all that this directory's configuration makes. */
export async function findImages({ directory, env, positionals }: CommandContext): Promise<readonly ImageToBoot[]> {
  if (positionals.length === 0) return configuredImages({ directory, env });
  return Promise.all(positionals.map((named) => namedImage(named, { directory, env })));
}

/** By its name, which is live-build's: such a file is unpacked or served, and never booted as it is. */
export function isArchive(path: string): boolean {
  return /\.tar(\.[a-z0-9]+)?$/.test(path);
}

type Surroundings = Pick<CommandContext, 'directory' | 'env'>;

async function configuredImages({ directory, env }: Surroundings): Promise<ImageToBoot[]> {
  const { values } = await resolveConfig({ directory, env });
  const architecture = guestArchitecture(values.architecture);
  const names = imageFileNames(values);
  if (names.length === 0) throw noImage();
  return names.map((name) => ({ path: join(directory, name), architecture }));
}

/** What `--net-tarball false` leaves are directories. */
export function noImage(): LivewrightError {
  return new LivewrightError('IMAGE_NOT_FOUND', {
    message: 'This configuration makes directories for a server, and no image file.',
    hint: 'Name an image; or set --net-tarball true and run `lb build`.',
  });
}

async function namedImage(named: string, { directory, env }: Surroundings): Promise<ImageToBoot> {
  // live-build's names end in the architecture; any other image is taken to be of the configured one.
  const path = resolve(directory, named);
  const told = /-(amd64|arm64|i386)\.[a-z.]+$/.exec(path)?.[1];
  return {
    path,
    architecture: guestArchitecture(told ?? (await resolveConfig({ directory, env })).values.architecture),
  };
}

function guestArchitecture(named: string): GuestArchitecture {
  if (named === 'arm64') return 'arm64';
  // An i386 system boots on the same machine.
  if (named === 'amd64' || named === 'i386') return 'amd64';
  throw new LivewrightError('NOT_SUPPORTED', {
    message: `Images for ${named} cannot be booted by this version.`,
    hint: 'It boots amd64, i386 and arm64.',
  });
}

/** A whole number given to an option, or undefined. */
export function readNumber(context: CommandContext, name: string, unit: string): number | undefined {
  const text = context.options[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new LivewrightError('OPTION_VALUE', {
    message: `--${name} is "${text}"; expected ${unit} as a whole number.`,
    hint: `For example: lb ${context.commandLine[2]} --${name} 1024.`,
  });
}
