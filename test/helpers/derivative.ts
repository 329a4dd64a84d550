import { createCleartextMessage, sign } from 'openpgp';
import type { TestKey } from '../../src/debian/archive.testing.ts';
import { createDownloader } from '../../src/debian/http.ts';
import { type LocalMirror, serveMirror } from './mirror.ts';

export interface Derivative {
  /** The mirror that its packages come from, with a slash at the end, and their suite there. */
  readonly upstream: string;
  readonly upstreamSuite: string;
  readonly suite: string;
  readonly key: TestKey;
}

/** A distribution with a name and a key of its own, whose packages are those of another one. */
export async function serveDerivative({ upstream, upstreamSuite, suite, key }: Derivative): Promise<LocalMirror> {
  const [own, theirs] = [`dists/${suite}/`, `dists/${upstreamSuite}/`];
  const release = await createDownloader().fetchBytes(`${upstream}${theirs}InRelease`);
  const signed = Buffer.from(await signAnew(release.toString('utf8'), suite, key));
  const placeOf = (path: string) => (path.startsWith(own) ? theirs + path.slice(own.length) : path);
  return serveMirror(upstream, (path, bytes) => (path === `${own}InRelease` ? signed : bytes), placeOf);
}

function signAnew(inRelease: string, suite: string, { secret }: TestKey): Promise<string> {
  const body = /\n\n([\s\S]*?)-----BEGIN PGP SIGNATURE-----/.exec(inRelease)?.[1] ?? '';
  const text = body
    .replace(/^Origin: .*$/m, 'Origin: Example')
    .replace(/^Suite: .*$/m, `Suite: ${suite}`)
    .replace(/^Codename: .*$/m, `Codename: ${suite}`);
  return createCleartextMessage({ text }).then((message) => sign({ message, signingKeys: secret }));
}
