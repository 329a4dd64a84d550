import type { Step } from '../engine/step.ts';
import { wayToRun } from '../sandbox/emulation.ts';
import { emulatorStep, loadersStep } from '../steps/foreignTools.ts';
import type { IndexResult } from '../steps/indexResult.ts';
import type { ToolsOptions } from '../steps/tools.ts';
import type { EmulatorStep } from '../steps/workshop.ts';
import type { TreeRef } from '../store/types.ts';

export interface ForeignTools {
  /** What runs the image's programs. */
  readonly emulator?: EmulatorStep;
  /** Boot loaders for its medium, where its architecture has some. */
  readonly loaders?: Step<TreeRef>;
}

/** What is needed besides the tools trees for an image whose programs this machine does not run by itself. */
export function planForeign(options: ToolsOptions, index: Step<IndexResult>, architecture: string): ForeignTools {
  const way = wayToRun(architecture);
  if (way === undefined || way === 'native') return {};
  const loaders = loadersStep(options, architecture);
  return { emulator: { name: way, tree: emulatorStep(options, index, way) }, ...(loaders && { loaders }) };
}
