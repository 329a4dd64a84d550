/**
 * The name apt gives a downloaded index below `/var/lib/apt/lists`: the address without scheme and credentials, special
 * characters as `%xx`, slashes as `_` (apt-pkg/strutl.cc, URItoFileName). `path` is relative to `uri`:
 * `dists/trixie/InRelease` gives `mirror.example_debian_dists_trixie_InRelease`.
 */
export function aptListFileName(uri: string, path: string): string {
  const bare = `${uri.replace(/\/+$/, '')}/${path}`.replace(/^[a-z0-9+.-]+:(\/\/(?:[^/@]*@)?)?/i, '');
  return [...Buffer.from(bare)].map(quoteByte).join('').replaceAll('/', '_');
}

const QUOTED = new Set(Buffer.from('\\|{}[]<>"^~_=!@#$%^&*'));

function quoteByte(byte: number): string {
  const isPlain = byte > 0x20 && byte < 0x7f && !QUOTED.has(byte);
  return isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
}

/** A suite's directory below the archive's address: `dists/trixie`; a flat archive's suite ends with a slash, and its `./` stays, as in apt. */
export function suitePath(suite: string): string {
  return isFlat(suite) ? suite.replace(/\/+$/, '') : `dists/${suite}`;
}

/** Flat archives (sources.list(5)) have no components and no architectures: `deb http://host/repo ./`. */
export function isFlat(suite: string): boolean {
  return suite.endsWith('/');
}
