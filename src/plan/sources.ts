import { mirrorOf } from '../config/mirrors.ts';
import type { LiveValues } from '../config/options.ts';
import type { Source } from '../debian/releases.ts';
import type { WantedList } from '../steps/imageLists.ts';
import type { BuildTree } from './tree.ts';

type Phase = 'Chroot' | 'Binary';

/** One archive suite the image is made of or will update from. */
interface Suite {
  readonly uri: string;
  readonly suite: string;
}

/** Debian has no security, updates or backports suites for unstable. */
const isUnstable = (suite: string): boolean => suite === 'sid' || suite === 'unstable';

/** The suites of a phase in live-build's order; the main one first. Security and backports are Debian's alone, as there. */
function suitesOf(values: LiveValues, phase: Phase): Suite[] {
  const suite = values[`parentDistribution${phase}`];
  const uri = mirrorOf(values, phase);
  const suites: Suite[] = [{ uri, suite }];
  if (isUnstable(suite)) return suites;
  const isDebian = values.mode === 'debian';
  if (values.security && isDebian)
    suites.push({ uri: values[`parentMirror${phase}Security`], suite: securitySuite(suite) });
  if (values.updates) suites.push({ uri, suite: `${suite}-updates` });
  if (values.proposedUpdates) suites.push({ uri, suite: `${suite}-proposed-updates` });
  if (values.backports && isDebian) suites.push({ uri, suite: `${suite}-backports` });
  return suites;
}

/** Named SUITE/updates until buster (Debian 10), SUITE-security since bullseye. */
function securitySuite(suite: string): string {
  const old = ['lenny', 'squeeze', 'wheezy', 'jessie', 'stretch', 'buster', 'oldoldstable'];
  return old.includes(suite) ? `${suite}/updates` : `${suite}-security`;
}

/** What the package set is resolved from. */
export function indexSources(values: LiveValues, phase: Phase, foreign: readonly string[] = []): Source[] {
  return suitesOf(values, phase).map((suite) => ({
    ...suite,
    components: values.parentArchiveAreas,
    architectures: [values.architecture, ...foreign],
    ...(!values.aptSecure && { isTrusted: true }),
  }));
}

/** The image's suites, and which mirror the build has the same one from. */
export function imageSuites(values: LiveValues): WantedList[] {
  const built = new Map(suitesOf(values, 'Chroot').map(({ uri, suite }) => [suite, uri]));
  return suitesOf(values, 'Binary').map(({ uri, suite }) => {
    const builtFrom = built.get(suite);
    return { uri, suite, ...(builtFrom !== undefined && { builtFrom }) };
  });
}

/** Text of /etc/apt/sources.list, in the one-line format that live-build writes. */
export function sourcesListText(values: LiveValues, phase: Phase): string {
  const areas = values.parentArchiveAreas.join(' ');
  const sourceMark = values.aptSourceArchives ? '' : '#';
  return suitesOf(values, phase)
    .map(({ uri, suite }) => `deb ${uri} ${suite} ${areas}\n${sourceMark}deb-src ${uri} ${suite} ${areas}\n`)
    .join('');
}

/** A tree may say that the archives it names are frozen (`Acquire::Check-Valid-Until`). */
export function checksOf({ apt: { settings } }: Pick<BuildTree, 'apt'>): { readonly checkValidUntil?: boolean } {
  const { checkValidUntil } = settings;
  return checkValidUntil === undefined ? {} : { checkValidUntil };
}
