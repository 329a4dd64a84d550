import { resolve } from 'node:path';
import {
  compareMaps,
  type Differences,
  describeFiles,
  describeMenus,
  describePaths,
  isSame,
} from '../../compat/compare.ts';
import { type FinishedBuild, readBuild, readRoots } from '../../compat/readBuild.ts';
import { renderComparison } from '../../compat/report.ts';
import type { CommandContext } from '../context.ts';

/** `lb compat LIVE_BUILD_DIR`: what a tree that live-build has built and this one differ in. Exit code 1 if in anything. */
export async function run({ directory, positionals, options, stdout }: CommandContext): Promise<number> {
  const [there, here] = await Promise.all([readBuild(resolve(directory, positionals[0] ?? '')), readBuild(directory)]);
  const sections = await compareBuilds(there, here);
  const isJson = options['json'] === true;
  stdout.write(isJson ? `${JSON.stringify(toJson(sections))}\n` : renderComparison(sections, options['all'] === true));
  return sections.every(isSame) ? 0 : 1;
}

async function compareBuilds(there: FinishedBuild, here: FinishedBuild): Promise<Differences[]> {
  const [rootThere, rootHere] = await readRoots(there, here);
  return [
    compareMaps({ title: 'Packages', kind: 'packages', there: there.packages, here: here.packages }),
    compareMaps({
      ...{ title: 'Files of the system', kind: 'system' },
      ...{ there: describeFiles(rootThere), here: describeFiles(rootHere) },
    }),
    compareMaps({
      ...{ title: 'Boot menus', kind: 'menu', there: describeMenus(there.menus), here: describeMenus(here.menus) },
    }),
    compareMaps({
      ...{ title: 'Files of the medium', kind: 'medium' },
      ...{ there: describePaths(there.medium), here: describePaths(here.medium) },
    }),
  ];
}

function toJson(sections: readonly Differences[]) {
  return {
    same: sections.every(isSame),
    sections: sections.map((section) => ({ ...section, expected: Object.fromEntries(section.expected) })),
  };
}
