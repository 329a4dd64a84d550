import { LivewrightError, systemErrorCode } from '../errors.ts';

/** Hides user name and password of every URL in `text`. */
export function redact(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s"]*@/gi, '$1***@');
}

/** A failure that another try may mend. */
export class TransientFailure extends Error {}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known (DNS)',
  EAI_AGAIN: 'the name server does not answer (DNS)',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it broke the connection',
  UND_ERR_SOCKET: 'it broke the connection',
  UND_ERR_PRX_TLS: 'the proxy did not open a way to it',
  UND_ERR_ABORTED: 'the proxy did not open a way to it',
  EPIPE: 'it broke the connection',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  EACCES: 'the file may not be read',
  EISDIR: 'it is a directory',
};

/** Failures that come back at once the same. */
const LASTING = new Set(['ENOTFOUND', 'ECONNREFUSED', 'EACCES', 'EISDIR']);

export function isTransient(error: unknown): boolean {
  if (error instanceof TransientFailure) return true;
  const code = deepCode(error);
  return code !== undefined && code in REASONS && !LASTING.has(code);
}

export function unreachable(url: string, error: unknown): LivewrightError {
  const host = hostOf(url);
  const code = deepCode(error);
  const reason = (code && REASONS[code]) ?? (error instanceof Error ? error.message : String(error));
  return new LivewrightError('MIRROR_UNREACHABLE', {
    message: `${host} cannot be read: ${redact(reason).replace(/\.$/, '')}.`,
    hint: 'Name another mirror with --mirror-bootstrap, or a proxy with --apt-http-proxy or the variable http_proxy.',
    data: { url: redact(url), ...(code !== undefined && { reason: code }) },
    cause: error,
  });
}

export function notFound(url: string): LivewrightError {
  return new LivewrightError('MIRROR_NOT_FOUND', {
    message: `${redact(url)} does not exist.`,
    hint: 'Check the address of the mirror and the name of the suite.',
    data: { url: redact(url) },
  });
}

export interface Mismatch {
  readonly expectedSha256?: string | undefined;
  readonly expectedSizeBytes?: number | undefined;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export function hashMismatch(url: string, mismatch: Mismatch): LivewrightError {
  const { expectedSha256, expectedSizeBytes, sha256, sizeBytes } = mismatch;
  const wanted = [
    expectedSizeBytes !== undefined && `${expectedSizeBytes} bytes`,
    expectedSha256 && `SHA-256 ${expectedSha256}`,
  ];
  return new LivewrightError('HASH_MISMATCH', {
    message: `${redact(url)} is not what its index says: expected ${wanted.filter(Boolean).join(', ')}, got ${sizeBytes} bytes, SHA-256 ${sha256}.`,
    hint: 'The mirror is being updated or a proxy holds a stale copy: try again in a while, or name another mirror.',
    data: { url: redact(url), ...mismatch },
  });
}

export function diskFull(path: string, cause: unknown): LivewrightError {
  return new LivewrightError('DISK_FULL', {
    message: `There is no room left for ${path}.`,
    hint: 'Make room on that file system, or put the store elsewhere with XDG_CACHE_HOME.',
    data: { path },
    cause,
  });
}

/** What an aborted signal is turned into; its own reason passes through where that is one of our errors. */
export function interrupted(cause: unknown): LivewrightError {
  if (cause instanceof LivewrightError) return cause;
  return new LivewrightError('INTERRUPTED', { message: 'The work was interrupted.', cause });
}

function hostOf(url: string): string {
  const { host, protocol } = new URL(url);
  return protocol === 'file:' ? redact(url) : `The mirror ${host}`;
}

/** The code of the error or of what caused it; several addresses tried give an AggregateError without one. */
function deepCode(error: unknown): string | undefined {
  const code = systemErrorCode(error);
  if (code !== undefined) return code;
  if (error instanceof AggregateError) return deepCode(error.errors[0]);
  return error instanceof Error && error.cause !== undefined ? deepCode(error.cause) : undefined;
}
