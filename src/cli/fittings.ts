import type { Fittings } from '../vm/applies.ts';
import type { CommandContext } from './context.ts';
import type { MachineRoom } from './machineRoom.ts';

/**
 * What `lb test` borrows from other rooms: the partition that `lb write` makes on a stick, the servers of
 * `lb serve netboot`. Rows of the matrix that need one that is not there are left out, with that reason. Without a room
 * (`lb test --list`) only which there are counts.
 */
export function createFittings(_context: CommandContext, _room: MachineRoom | undefined): Fittings {
  return {};
}
