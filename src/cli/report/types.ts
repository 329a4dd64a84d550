import type { Accel } from '../../vm/types.ts';
import type { BootVerdict } from '../../vm/verdict.ts';
import type { LeftOut, Matrix, SeenImage } from '../testMatrix.ts';

export type TriedBoot = Matrix['requests'][number] & { readonly verdict: BootVerdict };

/** All that one run of `lb test` found. */
export interface TestRun {
  readonly startedAt: Date;
  readonly images: readonly SeenImage[];
  readonly tried: readonly TriedBoot[];
  readonly leftOut: readonly LeftOut[];
  readonly machine: {
    readonly accel: Accel;
    readonly accelReason: string;
    readonly jobs: number;
    readonly memoryMib: number;
  };
}

/** The files that a boot left behind, as they go into the page. */
export interface BootFiles {
  /** `data:` URIs. */
  readonly menu?: string;
  readonly end?: string;
  /** What the guest said, without escape sequences. */
  readonly serialLines: readonly string[];
}

/** A power-on and its files. */
export interface Shown {
  readonly verdict: BootVerdict;
  readonly files: BootFiles;
}

export interface Versions {
  readonly livewright: string;
  readonly node: string;
  readonly kernel: string;
}
