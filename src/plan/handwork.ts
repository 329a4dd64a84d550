import type { LiveValues } from '../config/options.ts';
import type { Step } from '../engine/step.ts';
import { handworkStep } from '../steps/handwork.ts';
import type { ChrootBase } from '../steps/workshop.ts';
import type { TreeRef } from '../store/types.ts';

/** What `--interactive` puts into the graph: the layer that somebody makes by hand. */
export interface Handwork {
  readonly step: Step<TreeRef>;
  readonly base: ChrootBase;
  readonly below: readonly Step<TreeRef>[];
  /** To be called before the step runs. */
  readonly keep: (layer: TreeRef) => void;
}

/** Whether `--interactive` asks for a shell. */
export const isShell = ({ interactive }: Pick<LiveValues, 'interactive'>): boolean =>
  interactive === 'true' || interactive === 'shell';

export function planHandwork(base: ChrootBase, below: readonly Step<TreeRef>[]): Handwork {
  let made: TreeRef | undefined;
  const layer = (): TreeRef => {
    if (made === undefined) throw new Error('nothing has been done by hand yet');
    return made;
  };
  const keep = (tree: TreeRef): void => {
    made = tree;
  };
  return { step: handworkStep(layer, below), base, below, keep };
}
