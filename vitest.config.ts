import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PlainSummary } from './tools/plainSummary.ts';

/** The build from an empty store comes first of the end-to-end tests; all others go on from what it made. */
class BuildFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isBuild = ({ moduleId }: TestSpecification) => moduleId.endsWith('/test/e2e/build.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isBuild), ...sorted.filter((file) => !isBuild(file))];
  }
}

/** Held against mksquashfs and unsquashfs, which are not on every machine. */
const squashfs = ['src/squashfs/**/*.test.ts', 'src/cli/commands/squashfs.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', new PlainSummary()],
    sequence: { sequencer: BuildFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
          exclude: squashfs,
          testTimeout: 60_000,
        },
      },
      { test: { name: 'squashfs', include: squashfs, testTimeout: 120_000 } },
      { test: { name: 'compat', include: ['test/compat/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: 'shells', include: ['test/shells/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/helpers/e2eRun.ts'],
          // One real build at a time: two cores, and builds are not light.
          fileParallelism: false,
          testTimeout: 30 * 60_000,
          hookTimeout: 30 * 60_000,
        },
      },
    ],
  },
});
