// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts for sh.
import { type Rows, run } from '../row.ts';

/** The words that a build for a derivative sorts out for itself, with all others put back by `eval`. */
const sorting = `#!/bin/bash
set -e
set -o pipefail
rest=
arch=$(dpkg --print-architecture)
while [ $# -gt 0 ]; do
	case "$1" in
	-a | --architecture | --architectures)
		arch="$2"
		rest="$rest \\"$1\\" \\"$2\\""
		shift
		;;
	--variant)
		variant="$2"
		shift
		;;
	--) ;;
	*) rest="$rest \\"$1\\"" ;;
	esac
	shift
done
eval set -- "$rest"
case "$arch" in
amd64 | i386) more="--debian-installer live" ;;
arm64) more="--bootloaders grub-efi --uefi-secure-boot disable" ;;
esac
mkdir -p config
cp -rT "variants/$variant" config
lb config noauto \\
	--apt-indices=false \\
	--debootstrap-options "--keyring=/usr/share/keyrings/x.gpg" \\
	--bootappend-install "net.ifnames=0" \\
	$more \\
	"$@"
`;

/** What people's auto/config scripts do, one pattern a row, written for this test. */
export const autoRows: Rows = {
  'auto/config': {
    ...run('--iso-volume', 'from the user'),
    files: {
      'auto/config':
        '#!/bin/sh\nset -e\nlb config noauto \\\n\t-d sid \\\n\t--memtest none \\\n\t--apt-recommends false \\\n\t"${@}"\n',
    },
  },
  'auto/config without its last word': {
    ...run('--iso-volume', 'dropped'),
    files: { 'auto/config': '#!/bin/sh\nlb config noauto \\\n\t--memtest none \\\n\n' },
  },
  'auto/config whose last word is a command of its own': {
    ...run('--memtest', 'none'),
    files: { 'auto/config': '#!/bin/sh\n\nset -e\n\nlb config noauto -d sid\n"${@}"\n' },
  },
  'auto/config with its last word unquoted, and words that belong to nothing': {
    ...run('--iso-volume', 'two words'),
    files: {
      'auto/config':
        '#!/bin/sh\nlb config noauto --debug true --source "$_SOURCE" --bootloaders grub-pc grub-efi --clean ${@}\n',
    },
  },
  'auto/config with conditions, a loop, and a list of its own': {
    ...run(),
    env: { EDITION: 'big' },
    files: {
      'auto/config':
        '#!/bin/sh\nset -e\ncase "$EDITION" in\n\tbig) AREAS="main contrib non-free" ;;\n\t*) AREAS=main ;;\nesac\n' +
        'for suite in sid trixie; do lb config noauto -d "$suite" --archive-areas "$AREAS" "$@"; done\n' +
        'echo vim >config/package-lists/own.list.chroot\n',
    },
    differences: ['frozen-defaults'],
  },
  'auto/config that sorts its words, and copies a variant': {
    ...run('-a', 'arm64', '--', '--variant', 'small', '--iso-volume', 'X'),
    files: { 'auto/config': sorting, 'variants/small/package-lists/own.list.chroot': 'vim\n' },
  },
  'auto/config that reads a file beside it': {
    ...run(),
    files: {
      'auto/config':
        '#!/bin/bash\n. ./settings.conf\nlb config noauto -d "$SUITE" --image-name "$NAME-$(date +%Y)" "$@"\n',
      'settings.conf': 'SUITE=sid\nNAME=own\n',
    },
  },
  'auto/config without an interpreter': { ...run(), files: { 'auto/config': 'lb config noauto -d sid "${@}"\n' } },
  'auto/config with a letter before its first line': {
    ...run(),
    files: { 'auto/config': 'i#!/bin/sh\nlb config noauto -d sid "${@}"\n' },
  },
  'auto/config that fails at last': {
    ...run(),
    files: { 'auto/config': '#!/bin/sh\nlb config noauto -d sid\nexit 3\n' },
  },
  'auto/config that asks for what is wrong': {
    ...run(),
    files: { 'auto/config': '#!/bin/sh\nset -e\nlb config noauto --memtest memtest86+x64 "${@}"\necho done >after\n' },
  },
};
