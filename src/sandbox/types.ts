import type { Emulation } from './emulation.ts';

/** A path of the host that the program may see, and where. Read-only unless said otherwise. */
export interface Bind {
  readonly source: string;
  readonly target: string;
  readonly writable?: boolean;
}

/** What the program sees as `/`. */
export type SandboxRoot =
  /** A directory, read-only: the tools tree. */
  | { readonly kind: 'directory'; readonly path: string }
  /**
   * An overlay of `lower` directories (lowest first), written to `upper` where given, else read-only.
   * `work` is an empty directory on the same file system as `upper`.
   */
  | {
      readonly kind: 'overlay';
      readonly lower: readonly string[];
      readonly upper?: string;
      readonly work?: string;
    };

/** A merged view of layers inside the sandbox, read-only unless it has an `upper` (see SandboxRoot). */
export interface OverlayMount {
  readonly lower: readonly string[];
  readonly target: string;
  readonly upper?: string;
  readonly work?: string;
}

export interface Watch {
  /** The file to write to; read it with `readLooks`. */
  readonly log: string;
  /**
   * Keeps the program and who watches it on one processor, where they change places much faster; not for programs that
   * use several.
   */
  readonly onOneProcessor: boolean;
}

export interface Program {
  readonly argv: readonly string[];
  readonly root: SandboxRoot;
  readonly binds?: readonly Bind[];
  readonly overlays?: readonly OverlayMount[];
  /** The whole environment: nothing is inherited. PATH, HOME and LC_ALL have defaults, which undefined takes away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Default: a network namespace of its own with nothing in it. `ofProcess`: that of another process of ours. */
  readonly network?: 'none' | 'host' | { readonly ofProcess: number };
  /** Bytes for standard input; default: none (/dev/null). */
  readonly input?: string | Uint8Array;
  /** `inherit`: the program talks to the user's terminal. Default: lines are handed to `onLine`. */
  readonly stdio?: 'lines' | 'inherit';
  /** Each line as it comes, after the command line itself (`$ ...`) as stream `command`. */
  readonly onLine?: (line: string, stream: 'command' | 'stdout' | 'stderr') => void;
  readonly signal?: AbortSignal;
  /** Writes down the system calls that name files; see `watch.ts`. */
  readonly watch?: Watch;
  /** Programs of another architecture are run by this; everything then is in a user namespace of its own. */
  readonly emulation?: Emulation;
  /** Device nodes of the host to offer besides null, zero, full, random, urandom, tty and a private devpts. */
  readonly devices?: readonly string[];
}

export interface ProgramResult {
  readonly stdout: string;
  readonly durationMs: number;
}

/** The one way to start a program. Rejects with PROGRAM_FAILED (data: argv, exitCode, signal, tail) if it fails. */
export type RunProgram = (program: Program) => Promise<ProgramResult>;

/** Runs a program of the tools tree: `RunProgram` with the tools tree as a throw-away root. */
export type RunTool = (program: Omit<Program, 'root'>) => Promise<ProgramResult>;
