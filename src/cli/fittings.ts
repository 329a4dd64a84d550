import { createSandbox } from '../sandbox/run.ts';
import { addPersistence, hasPersistence } from '../usb/addPersistence.ts';
import type { Fittings } from '../vm/applies.ts';
import type { DiskRequest } from '../vm/lab.ts';
import { startLab } from './bootLab.ts';
import type { CommandContext } from './context.ts';
import type { MachineRoom } from './machineRoom.ts';

/**
 * What `lb test` borrows from other rooms: the partition that `lb write` makes on a stick, the servers of
 * `lb serve netboot`. Rows of the matrix that need one that is not there are left out, with that reason. Without a room
 * (`lb test --list`) only which there are counts.
 */
export function createFittings(context: CommandContext, room: MachineRoom | undefined): Fittings {
  const inRoom = (): MachineRoom => {
    if (room === undefined) throw new Error('nothing is booted without a machine room');
    return room;
  };
  return {
    prepareDisk: (request) => prepareDisk(inRoom(), request, context.signal),
    startLab: (request) => startLab(context, inRoom(), request),
  };
}

/** The partition takes all that is left of the disk. What `lb write` has made stays: that is then what is tried. */
async function prepareDisk(room: MachineRoom, request: DiskRequest, interrupted: AbortSignal): Promise<void> {
  const { path, passphrase, signal = interrupted } = request;
  if (await hasPersistence(path)) return;
  const { runTool: run } = createSandbox(await room.toolsTree('stick'));
  const encrypt = passphrase === undefined ? {} : { encrypt: { passphrase: Buffer.from(passphrase) } };
  await addPersistence({ run, scratch: await room.newScratch(), signal }, { target: path, ...encrypt });
}
