import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHostMirrors } from '../../src/config/hostMirrors.ts';

/** The live-build that we are held against: trixie's. */
const version = '20250505+deb13u1';

/** live-build laid out as a checkout, which `LIVE_BUILD` points at. */
export interface LiveBuild {
  readonly lb: string;
  readonly checkout: string;
}

/** Fetches live-build from this machine's own mirror and unpacks it below `workspace`; nothing is installed. */
export async function unpackLiveBuild(workspace: string): Promise<LiveBuild> {
  const file = join(workspace, 'live-build.deb');
  writeFileSync(file, await fetchPackage());
  const unpacked = join(workspace, 'package');
  execFileSync('dpkg-deb', ['-x', file, unpacked]);
  const usr = join(unpacked, 'usr');
  const checkout = join(workspace, 'checkout');
  for (const [from, to] of [
    ['lib/live/build.sh', 'scripts/build.sh'],
    ['lib/live/build', 'scripts/build'],
    ['share/live/build/functions', 'functions'],
    ['share/live/build/hooks', 'share/hooks'],
  ] as const) {
    cpSync(join(usr, from), join(checkout, to), { recursive: true });
  }
  // It reads its version from an absolute path, where another live-build is installed, or none.
  const common = join(checkout, 'functions/common.sh');
  const text = readFileSync(common, 'utf8');
  writeFileSync(common, text.replaceAll('/usr/share/live/build/VERSION', join(usr, 'share/live/build/VERSION')));
  return { lb: join(usr, 'bin/lb'), checkout };
}

async function fetchPackage(): Promise<Uint8Array> {
  const { main } = await readHostMirrors('/etc/apt');
  const url = `${main}pool/main/l/live-build/live-build_${encodeURIComponent(version)}_all.deb`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the mirror answers ${response.status} for live-build ${version}`);
  return new Uint8Array(await response.arrayBuffer());
}
