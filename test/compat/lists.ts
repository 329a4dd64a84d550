import { execFileSync } from 'node:child_process';
import { resolveConfig } from '../../src/config/load.ts';
import { readPackageLists } from '../../src/config/packageLists.ts';
import type { LiveBuild } from './liveBuild.ts';

const passes = ['install', 'live', 'binary'] as const;

/** The words of all lists of each pass, by our reader; its commands are run here. */
export async function expandOurs(directory: string): Promise<[string, string][]> {
  const config = await resolveConfig({ directory, env: {} });
  const lists = await readPackageLists(directory, config, {});
  return passes.map((pass) => {
    const words = lists.passes[pass].flatMap((entry) =>
      entry.kind === 'wish' ? [entry.spec] : split(execFileSync('sh', ['-c', entry.command], { encoding: 'utf8' })),
    );
    return [`list ${pass}`, words.join('\n')];
  });
}

/** Which lists a pass takes, as `chroot_package-lists` and `binary_package-lists` of live-build go over them. */
const patterns = {
  install: ['*.list', '*.list.chroot', '*.list.chroot_install'],
  live: ['*.list', '*.list.chroot', '*.list.chroot_live'],
  binary: ['*.list', '*.list.binary'],
};

/** The same by live-build's own expander; commands are run on this machine as without a chroot. */
export function expandTheirs(directory: string, { checkout }: LiveBuild): [string, string][] {
  return passes.map((pass) => {
    const script = `. "$LIVE_BUILD/scripts/build.sh"
      Read_conffiles $(Common_conffiles); Prepare_config; LB_BUILD_WITH_CHROOT=false
      for list in ${patterns[pass].map((pattern) => `config/package-lists/${pattern}`).join(' ')}; do
        [ ! -e "$list" ] || Expand_packagelist "$(basename "$list")" config/package-lists
      done`;
    const env = { PATH: process.env['PATH'] ?? '', LIVE_BUILD: checkout };
    const output = execFileSync('sh', ['-c', script], { cwd: directory, env, encoding: 'utf8' });
    return [`list ${pass}`, split(output).join('\n')];
  });
}

function split(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
