import type { Rows } from '../row.ts';

const stillKnown = ['fdisk', 'grub-splash', 'isohybrid-options', 'losetup', 'tasksel'];

/** Options that live-build has given up: some of them it still knows. */
export const obsoleteRows: Rows = {
  ...Object.fromEntries(stillKnown.map((name) => [`--${name}`, { runs: [[`--${name}`, 'x']], warns: true }])),
  'what netboot images had': {
    runs: [
      ['--net-root-filesystem', 'nfs', '--net-root-path', '/srv/x', '--net-root-server', '10.0.0.1'].concat(
        ...[
          ['--net-root-mountoptions', 'a'],
          ['--net-cow-filesystem', 'nfs'],
          ['--net-cow-path', '/w'],
        ],
        ...[
          ['--net-cow-server', '10.0.0.2'],
          ['--net-cow-mountoptions', 'b'],
        ],
      ),
    ],
  },
};
