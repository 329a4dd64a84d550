import type { LivewrightError } from '../errors.ts';

/** What a step counts while it runs. */
export type ProgressUnit = 'bytes' | 'packages' | 'files' | 'percent';

export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place?: LivewrightError['place'];
  readonly data?: Readonly<Record<string, unknown>>;
}

/** One finished file of the build, in the build directory. */
export interface OutputFile {
  /** Relative to the build directory. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Everything that can happen, as plain JSON values. The core emits these and never writes to the terminal;
 * terminal, plain text and JSON lines are listeners of this one union.
 * Durations are milliseconds.
 */
export type LivewrightEvent =
  | { readonly type: 'build-started'; readonly directory: string; readonly steps: readonly string[] }
  | { readonly type: 'step-started'; readonly step: string; readonly title: string; readonly reason: string }
  | {
      readonly type: 'step-progress';
      readonly step: string;
      readonly done: number;
      /** Absent where the end is not known. */
      readonly total?: number;
      readonly unit: ProgressUnit;
      /** What is being worked on just now, for example a package's name. */
      readonly item?: string;
      /** Where whoever counts can foretell it: the time that is left. */
      readonly leftMs?: number;
      /** The speed of the last seconds, with `leftMs`. */
      readonly perSecond?: number;
    }
  /** A line of a program's output; goes to the step's log and is shown only on `--verbose`. */
  | { readonly type: 'step-output'; readonly step: string; readonly line: string }
  | { readonly type: 'step-note'; readonly step: string; readonly message: string }
  | { readonly type: 'step-reused'; readonly step: string; readonly title: string; readonly savedMs: number }
  | { readonly type: 'step-done'; readonly step: string; readonly title: string; readonly durationMs: number }
  | {
      readonly type: 'step-failed';
      readonly step: string;
      readonly title: string;
      readonly durationMs: number;
      readonly error: ErrorReport;
      /** The last lines of the log that matter. */
      readonly tail: readonly string[];
      readonly logPath?: string;
      /** A command the user can paste to run the failing program again. */
      readonly replay?: string;
    }
  | {
      readonly type: 'build-done';
      readonly durationMs: number;
      readonly stepsRun: number;
      readonly stepsReused: number;
      /** Time that earlier builds spent on the steps that were reused. */
      readonly savedMs: number;
      readonly outputs: readonly OutputFile[];
    }
  | { readonly type: 'build-failed'; readonly durationMs: number; readonly error: ErrorReport }
  | {
      readonly type: 'warning';
      readonly message: string;
      readonly hint?: string;
      readonly place?: ErrorReport['place'];
    }
  | { readonly type: 'note'; readonly message: string }
  /** Until the next event the terminal belongs to a question, or to somebody's shell. */
  | { readonly type: 'terminal-lent'; readonly message: string }
  /** A stick, disc or file holds an image, and what it returned was compared with it. */
  | {
      readonly type: 'stick-written';
      readonly target: string;
      readonly image: string;
      readonly sizeBytes: number;
      readonly sha256: string;
      /** False: what was read back may have come from the page cache. */
      readonly isReadBackDirect: boolean;
      readonly partitions: readonly { readonly kind: string; readonly label: string; readonly sizeBytes: number }[];
    }
  /** A milestone of a guest that `lb test` follows. */
  | { readonly type: 'boot-milestone'; readonly boot: string; readonly milestone: string; readonly afterMs: number }
  | { readonly type: 'boot-started'; readonly boot: string; readonly title: string }
  | { readonly type: 'boot-verdict'; readonly boot: string; readonly title: string; readonly verdict: unknown }
  /** `lb serve` serves from now on. */
  | {
      readonly type: 'serve-ready';
      readonly interface: string;
      readonly address: string;
      readonly services: readonly ServedService[];
      /** What `fetch=` may name; absent without a web server. */
      readonly systemUrl?: string;
    }
  /** A request that `lb serve` has answered. */
  | ({ readonly type: 'serve-request' } & ServeRequest);

export type ServeProtocol = 'dhcp' | 'tftp' | 'http' | 'nfs';

export interface ServedService {
  readonly protocol: ServeProtocol;
  /** Addresses and limits, for people. */
  readonly detail: string;
}

export interface ServeRequest {
  readonly protocol: ServeProtocol;
  /** An address, or a network card's where the client has none yet. */
  readonly client: string;
  /** A file, or what else was asked for. */
  readonly request: string;
  /** What came of it: `sent`, `404`, an address. */
  readonly outcome: string;
  readonly isGood: boolean;
}

export type Listener = (event: LivewrightEvent) => void;

/** Hands events to listeners in the order of subscription. */
export interface EventBus {
  readonly emit: Listener;
  subscribe(listener: Listener): () => void;
}

export function createEventBus(): EventBus {
  const listeners = new Set<Listener>();
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function toErrorReport(error: LivewrightError): ErrorReport {
  return { code: error.code, message: error.message, hint: error.hint, place: error.place, data: error.data };
}
