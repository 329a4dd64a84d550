#!/bin/sh
# Runs every stock hook in a small root made of copies of this machine's programs, first without any package's files,
# then with the files the hooks are about, twice each: they must succeed, do what they promise, and change nothing the
# second time. Needs root, or user namespaces.
set -eu

hooks=$(cd "$(dirname "$0")/../share/hooks" && pwd)
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

fail() {
	echo "check-hooks: $*" >&2
	exit 1
}

# enter ROOT ARGV...: with the environment that hooks are given.
enter() {
	root=$1
	shift
	set -- chroot "$root" "$@"
	[ "$(id -u)" = 0 ] || set -- unshare --user --map-root-user "$@"
	env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive SOURCE_DATE_EPOCH=1700000000 "$@"
}

# make_root DIRECTORY: the programs that every Debian has (Essential), and no package's files besides.
make_root() {
	mkdir -p "$1/bin" "$1/dev" "$1/etc" "$1/tmp" "$1/root"
	: >"$1/dev/null"
	for name in sh rm ln mkdir mktemp chmod chgrp truncate find sort grep sed; do
		program=$(readlink -f "$(command -v "$name")")
		cp "$program" "$1/bin/$name"
		# The loader and the libraries, at the paths the program names.
		ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
			mkdir -p "$1$(dirname "$library")"
			cp -L "$library" "$1$library"
		done
	done
}

# write ROOT PATH...: files with some content.
write() {
	root=$1
	shift
	for path in "$@"; do
		mkdir -p "$root$(dirname "$path")"
		echo 'of the build' >"$root$path"
	done
}

# What the hooks are about: things to be emptied, to be removed, and neighbours that must survive.
emptied='/etc/machine-id /var/log/syslog /var/log/apt/term.log /etc/udev/rules.d/70-persistent-cd.rules
	/etc/udev/rules.d/70-persistent-net.rules /etc/udev/rules.d/z25_persistent-net.rules'
removed='/boot/initrd.img.bak /boot/initrd.img.old-dkms /etc/apt/sources.list~ /usr/share/info/dir.old /etc/passwd- /etc/shadow- /etc/subuid- /var/cache/debconf/config.dat-old
	/var/lib/dpkg/status-old /var/lib/ucf/hashfile.0 /var/lib/dbus/machine-id /var/log/journal/0123/system.journal
	/etc/mdadm/mdadm.conf /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key.pub /tmp/.hidden/file
	/var/tmp/file /etc/.pwd.lock /var/cache/ldconfig/aux-cache /etc/ssl/certs/ssl-cert-snakeoil.pem
	/etc/ssl/private/ssl-cert-snakeoil.key /var/lib/systemd/random-seed /usr/share/icons/hicolor/icon-theme.cache
	/usr/lib/python3/__pycache__/a.pyc /var/cache/man/index.db /var/cache/man/de/index.db'
kept='/etc/passwd /etc/ssh/sshd_config /etc/ssl/certs/ca.pem /usr/lib/python3/a.py /usr/share/icons/hicolor/index.theme
	/var/cache/debconf/config.dat /var/lib/dpkg/status /var/lib/ucf/hashfile /boot/vmlinuz /opt/keep.pyc'

furnish() {
	# shellcheck disable=SC2086 # lists of paths without blanks
	write "$1" $emptied $removed $kept /sbin/cryptsetup
	mkdir -p "$1/etc/default" "$1/etc/cryptsetup-initramfs" "$1/var/log/journal" "$1/sbin"
	printf '# What it is for.\n#CRYPTSETUP=\n' >"$1/etc/cryptsetup-initramfs/conf-hook"
	ln -s ssl-cert-snakeoil.pem "$1/etc/ssl/certs/0a1b2c3d.0"
	printf '#RAMTMP=yes\nRAMLOCK=yes\n' >"$1/etc/default/tmpfs"
	write "$1" /sbin/kexec
	chmod 0755 "$1/sbin/kexec"
	printf 'LOAD_KEXEC=true\nKERNEL_IMAGE="/vmlinuz"\n' >"$1/etc/default/kexec"
}

# Content, kind and mode of all files, without times.
describe() {
	(cd "$1" && find . ! -path './bin/*' ! -path './lib*' ! -path './usr/lib/x86*' -printf '%p %y %m %l\n' | LC_ALL=C sort
		find etc var boot usr/share -type f -exec sha256sum '{}' + 2>/dev/null | LC_ALL=C sort -k 2)
}

# run_hooks ROOT: as the build does, each copied to /root and run there.
run_hooks() {
	for hook in "$hooks"/normal/*.chroot "$hooks"/live/*.chroot; do
		name=$(basename "$hook")
		cp "$hook" "$1/root/$name"
		(enter "$1" "/root/$name") >"$top/output" 2>&1 </dev/null || {
			cat "$top/output" >&2
			fail "$name failed in ${1##*/}"
		}
		[ ! -s "$top/output" ] || fail "$name is not silent in ${1##*/}: $(head -n 1 "$top/output")"
		rm "$1/root/$name"
	done
}

for kind in bare furnished; do
	make_root "$top/$kind"
	[ "$kind" = bare ] || furnish "$top/$kind"
	run_hooks "$top/$kind"
	describe "$top/$kind" >"$top/$kind.first"
	run_hooks "$top/$kind"
	describe "$top/$kind" >"$top/$kind.second"
	diff "$top/$kind.first" "$top/$kind.second" >&2 || fail "a second run changes the $kind root"
done

root=$top/furnished
for path in $emptied; do
	[ -f "$root$path" ] && [ ! -s "$root$path" ] || fail "$path is not empty"
done
for path in $removed; do
	[ ! -e "$root$path" ] || fail "$path is still there"
done
for path in $kept; do
	[ -s "$root$path" ] || fail "$path is gone"
done

expect_line() {
	grep -qx "$2" "$root$1" || fail "$1 has no line \"$2\""
}

[ ! -L "$root/etc/ssl/certs/0a1b2c3d.0" ] || fail 'the link to the removed certificate is still there'
[ -d "$root/tmp" ] && [ -d "$root/var/tmp" ] || fail 'a directory for temporary files is gone'
[ -d "$root/usr/lib/python3/__pycache__" ] || fail 'a __pycache__ is gone, which live-build leaves'
[ "$(readlink "$root/etc/mtab")" = /proc/mounts ] || fail '/etc/mtab does not point to /proc/mounts'
expect_line /etc/adjtime UTC
expect_line /etc/default/locale LANG=C.UTF-8
expect_line /etc/cryptsetup-initramfs/conf-hook CRYPTSETUP=y
expect_line /etc/cryptsetup-initramfs/conf-hook '# What it is for.'
expect_line /etc/initramfs-tools/conf.d/cryptsetup CRYPTSETUP=yes
expect_line /etc/default/tmpfs RAMTMP=no
expect_line /etc/default/tmpfs RAMLOCK=yes
expect_line /etc/default/kexec LOAD_KEXEC=false
echo "check-hooks: all hooks hold"
