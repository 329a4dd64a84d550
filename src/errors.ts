/**
 * Every failure a user can meet. The code is stable and may be relied on by scripts; the sentence may change.
 * Exit code 2 means "what you gave us cannot be right" (command line, config tree), 1 means "it went wrong on the way".
 */
export const errorCodes = {
  USAGE: 2,
  OPTION_UNKNOWN: 2,
  OPTION_AMBIGUOUS: 2,
  OPTION_VALUE: 2,
  COMMAND_UNKNOWN: 2,
  CONFIG_SYNTAX: 2,
  CONFIG_VALUE: 2,
  CONFIG_MISSING: 2,
  LIST_SYNTAX: 2,
  PACKAGE_NOT_FOUND: 2,
  NOT_SUPPORTED: 2,
  STEP_UNKNOWN: 2,
  IMAGE_NOT_FOUND: 2,
  IMAGE_DAMAGED: 2,
  DEVICE_REFUSED: 2,
  PARTITION_IMPOSSIBLE: 2,
  DEVICE_UNUSABLE: 1,
  NOT_CONFIRMED: 1,
  WRITE_FAILED: 1,
  VERIFY_FAILED: 1,
  UNSATISFIABLE: 1,
  MIRROR_UNREACHABLE: 1,
  MIRROR_NOT_FOUND: 1,
  SIGNATURE_INVALID: 1,
  RELEASE_EXPIRED: 1,
  HASH_MISMATCH: 1,
  ARCHIVE_FORMAT: 1,
  RELEASE_FORMAT: 1,
  DISK_FULL: 1,
  NAMESPACES_UNAVAILABLE: 1,
  STORE_CORRUPT: 1,
  STORE_UNUSABLE: 1,
  LOCKED: 1,
  PROGRAM_FAILED: 1,
  HOOK_FAILED: 1,
  INTERRUPTED: 1,
  BOOT_FAILED: 1,
  VM_FAILED: 1,
  SERVE_FAILED: 1,
  SQUASHFS_FORMAT: 1,
  SQUASHFS_LINK: 1,
} as const satisfies Record<string, 1 | 2>;

export type ErrorCode = keyof typeof errorCodes;

/** Where in the user's files a problem is. `path` is relative to the build directory where possible; `line` is 1-based. */
export interface Place {
  readonly path: string;
  readonly line?: number;
}

export interface ErrorDetails {
  /** One sentence: what is wrong, with what was expected. Ends with a full stop. */
  readonly message: string;
  /** One sentence: what to do about it. */
  readonly hint?: string;
  readonly place?: Place;
  /** The same facts as fields, for JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An expected failure: shown as one sentence with place and remedy, never with a stack trace. */
export class LivewrightError extends Error {
  override readonly name = 'LivewrightError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.place = details.place;
    this.data = details.data ?? {};
  }

  get exitCode(): 1 | 2 {
    return errorCodes[this.code];
  }

  toJSON(): Record<string, unknown> {
    return { code: this.code, message: this.message, hint: this.hint, place: this.place, data: this.data };
  }
}

/** The code of a Node system error (`ENOENT`, `ENOSPC`, ...), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Runs `action` and turns its "file is absent" into `fallback`; any other failure passes through. */
export async function orIfAbsent<T, F>(action: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await action;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return fallback;
    throw error;
  }
}
