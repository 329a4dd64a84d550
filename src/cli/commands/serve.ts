import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError } from '../../errors.ts';
import { isRealRoot } from '../../sandbox/enter.ts';
import { isInNetworkNamespace } from '../../sandbox/netns.ts';
import { chooseNetwork, defaultRange, parseRange, type ServedNetwork, soleInterface } from '../../serve/network.ts';
import { type ServeOptions, serveNetboot } from '../../serve/serve.ts';
import { findNetbootTree, isDirectory, type NetbootTree } from '../../serve/tree.ts';
import { unpackNetboot } from '../../serve/unpack.ts';
import type { CommandContext } from '../context.ts';
import { readNumber } from '../image.ts';
import { findNetboot } from '../netbootImage.ts';
import { enterNetwork, type ServeRoom, withServeRoom } from '../serveRoom.ts';

/** `lb serve netboot`: machines of the network can boot the image until Ctrl-C. */
export async function run(context: CommandContext): Promise<number> {
  requireNetboot(context);
  const wishes = readWishes(context);
  const image = await findNetboot(context);
  const namespace = textOf(context, 'netns');
  if (namespace !== undefined && !(await isInNetworkNamespace(namespace))) return enterNetwork(context, namespace);
  const network = chooseNetwork(textOf(context, 'interface') ?? (namespace && soleInterface()));
  const dhcp = wishes.dhcp === 'server' ? readRange(context, network) : wishes.dhcp;
  return withServeRoom(context, async (room) => {
    const tree = await openImage(context, image, room);
    const { events, signal } = context;
    const nfs = wishes.nfs && (await canServeNfs(context));
    await serveNetboot({ ...wishes, nfs, tree, network, dhcp, room, emit: events.emit, signal });
    events.emit({ type: 'note', message: 'Stopped serving.' });
    return 0;
  });
}

/** There may be more to serve one day. */
function requireNetboot({ positionals }: CommandContext): void {
  if (positionals[0] === 'netboot' && positionals.length <= 2) return;
  throw new LivewrightError('USAGE', {
    message: `Expected "netboot" and perhaps one image, found "${positionals.join(' ')}".`,
    hint: 'For example: lb serve netboot --interface eth1.',
  });
}

type Wishes = Pick<ServeOptions, 'tftp' | 'ipxe' | 'nfs' | 'httpPort'> & { readonly dhcp: 'proxy' | 'server' | 'none' };

function readWishes(context: CommandContext): Wishes {
  const has = (name: string) => context.options[name] === true;
  const kinds = ['dhcp', 'proxy', 'no-dhcp'].filter(has);
  if (kinds.length > 1) throw contradiction(kinds);
  const dhcp = has('dhcp') ? 'server' : has('no-dhcp') ? 'none' : 'proxy';
  if (dhcp !== 'server' && context.options['range'] !== undefined) {
    throw new LivewrightError('USAGE', {
      message: '--range names addresses to give out, which only --dhcp does.',
      hint: 'Add --dhcp if no other DHCP server is on that network; else leave --range out.',
    });
  }
  const port = readNumber(context, 'http-port', 'a port') ?? 80;
  if (port > 65_535) {
    throw new LivewrightError('OPTION_VALUE', {
      message: `--http-port is ${port}; expected at most 65535.`,
      hint: 'For example: --http-port 8080.',
    });
  }
  const services = { tftp: !has('no-tftp'), ipxe: !has('no-ipxe'), nfs: !has('no-nfs') };
  return { dhcp, ...services, ...(has('no-http') ? {} : { httpPort: port }) };
}

function readRange(context: CommandContext, network: ServedNetwork): ServeOptions['dhcp'] {
  const text = textOf(context, 'range');
  return text === undefined ? defaultRange(network) : parseRange(text, network);
}

async function openImage({ events, signal }: CommandContext, image: string, room: ServeRoom): Promise<NetbootTree> {
  if (await isDirectory(image)) return findNetbootTree(image);
  const target = join(room.scratch, 'image');
  await mkdir(target);
  events.emit({ type: 'note', message: `Unpacking ${image} to ${target}.` });
  await unpackNetboot({ sandbox: room.sandbox, tar: image, target, signal });
  return findNetbootTree(target, image);
}

/**
 * nfs-ganesha opens files by handle, and the kernel lets nobody do that in a user namespace but for directories
 * (open_by_handle_at(2); tried with Linux 6.18).
 */
async function canServeNfs({ events }: CommandContext): Promise<boolean> {
  if (await isRealRoot()) return true;
  events.emit({
    type: 'warning',
    message: 'NFS is not served: its server opens files by handle, which the kernel allows to real root alone.',
    hint: 'Clients can take the menu entries that load the system over HTTP; or run lb serve as root.',
  });
  return false;
}

function textOf({ options }: CommandContext, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

function contradiction(kinds: readonly string[]): LivewrightError {
  return new LivewrightError('USAGE', {
    message: `${kinds.map((kind) => `--${kind}`).join(' and ')} contradict each other.`,
    hint: '--proxy beside another DHCP server, --dhcp where there is none, --no-dhcp where it is set up by hand.',
  });
}
