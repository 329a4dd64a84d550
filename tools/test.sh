#!/bin/sh
# All tests, in the order in which they fail soonest: what `npm test` runs. Needs Node, npm and git on Debian 12 or 13;
# as root it installs the programs that judge the results, as anyone else it says which parts it leaves out.
set -eu
cd "$(dirname "$0")/.."

# The judges: they look at what was built, and nothing is built with them.
judges='file git squashfs-tools xorriso mtools isolinux pxelinux syslinux-common grub-common grub-pc-bin grub-efi-amd64-bin
	grub-efi-amd64-signed grub-efi-ia32-bin shim-signed librsvg2-bin gdisk fdisk genisoimage
	e2fsprogs exfatprogs cryptsetup-bin iproute2 curl libnfs-utils man-db mandoc bash-completion zsh fish'
# newuidmap, for builds as an ordinary user.
helpers='uidmap'
# Machines of another architecture, for its boot loaders.
machines='qemu-system-arm qemu-efi-aarch64'

started=$(date +%s)
part_name=
passed=
left_out=

# part NAME: ends the part before it and begins another.
part() {
	end_part
	part_name=$1
	part_started=$(date +%s)
	printf '\n=== %s\n' "$part_name"
}

end_part() {
	[ -n "$part_name" ] || return 0
	printf '=== %s: passed, %s s\n' "$part_name" "$(($(date +%s) - part_started))"
	passed="$passed${passed:+, }$part_name"
	part_name=
}

leave_out() {
	left_out="$left_out
  $1"
}

ended() {
	status=$?
	[ "$status" -eq 0 ] || [ -z "$part_name" ] ||
		printf '\n=== %s: FAILED, %s s; passed before: %s\n' "$part_name" "$(($(date +%s) - part_started))" "${passed:-nothing}"
}
trap ended EXIT

missing_packages() {
	for package in "$@"; do
		state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
		[ "$state" = installed ] || echo "$package"
	done
}

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	part 'dependencies'
	npm ci --ignore-scripts --no-audit --no-fund
fi

# shellcheck disable=SC2086 # lists of words
missing=$(missing_packages $helpers $judges $machines)
if [ -n "$missing" ] && [ "$(id -u)" -eq 0 ]; then
	part 'programs for the tests'
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	# shellcheck disable=SC2086
	apt-get install -qq --no-install-recommends $missing >/dev/null
fi

part 'lint'
# Code only: of prose and drawings the linter wants what does not suit them.
npm run --silent lint

part 'types'
npm run --silent types

part 'unit tests'
npm run --silent unit

if command -v mksquashfs >/dev/null; then
	part 'SquashFS images'
	npm run --silent squashfs
else
	leave_out 'SquashFS images (src/squashfs): mksquashfs is missing (package squashfs-tools)'
fi

part 'compile'
npm run --silent build

part 'generated reference is fresh'
node tools/gen-docs.js --check

if command -v zsh >/dev/null && command -v fish >/dev/null && command -v mandoc >/dev/null && command -v man >/dev/null; then
	part 'man pages and completion'
	npm run --silent shells
else
	leave_out 'man pages and completion (test/shells): one of the packages zsh, fish, mandoc, man-db is missing'
fi

part "lb config beside live-build's"
npm run --silent compat

if [ "$(id -u)" -eq 0 ]; then
	part 'end-to-end tests'
	npm run --silent e2e
elif [ -n "$missing" ]; then
	leave_out "end-to-end tests: these packages are missing: $(echo $missing)"
else
	part 'end-to-end tests that need no root'
	npm run --silent e2e
	leave_out 'builds by another, ordinary user and kill -9 (test/e2e/rootless.test.ts): making that user needs root'
	leave_out 'a full disk (test/e2e/bad-input.test.ts): mounting a small one needs root'
	leave_out 'single programs and layers in the sandbox (test/e2e/{sandbox,layers,hdd,netboot}.test.ts): they are run without a user namespace'
	leave_out 'sticks (test/e2e/write.test.ts) and boot servers (test/e2e/serve.test.ts): loop devices and network namespaces need root'
	leave_out 'guests that boot from the network (test/e2e/media-boot.test.ts): NFS needs root'
fi

end_part
[ -z "$left_out" ] || printf '\nNOT run, as this is not root:%s\n' "$left_out"
printf '\nPassed in %s s: %s.\n' "$(($(date +%s) - started))" "$passed"
