/**
 * An installer for ONIE, the environment that network switches are delivered with: a script with an archive behind it
 * (opencomputeproject.github.io/onie, "NOS installer"). ONIE runs it as root from a BusyBox. It starts the live system by kexec; the whole
 * ISO image is in the initramfs, where live-boot finds it (`fromiso=`).
 *
 * ```
 * script            up to and with the line `exit_marker`
 * installer/        tar: install.sh, vmlinuz, initrd.img
 * ```
 */
export interface OnieScripts {
  readonly payloadSha1: string;
}

/** What ONIE runs. With `-x` it unpacks the archive, says where, and does no more. */
export function onieHeader({ payloadSha1 }: OnieScripts): string {
  return `#!/bin/sh
# A live system for ONIE: this script, and an archive behind its last line.
payload() { sed '1,/^exit_marker$/d' "$0"; }

sum=$(payload | sha1sum | cut -d ' ' -f 1)
if [ "$sum" != ${payloadSha1} ]; then
	echo "$0 is damaged: its SHA-1 sum is $sum and not ${payloadSha1}." >&2
	exit 1
fi
work=$(mktemp -d) || exit 1
if [ "$(id -u)" = 0 ]; then mount -t tmpfs onie-installer "$work" || exit 1; fi
payload | tar -xf - -C "$work" || exit 1
if [ "$1" = -x ]; then
	echo "Image extracted to: $work"
	exit 0
fi
"$work/installer/install.sh"
status=$?
umount "$work" 2>/dev/null
rm -rf "$work"
exit $status
exit_marker
`;
}

/** Words of live-boot(7) that live-build gives such a system. */
const liveParameters = 'boot=live nopersistent noeject dhcp fromiso=/conf/live.iso';

/** `install.sh`: the console that ONIE uses is the system's too, at the same speed. */
export function onieInstallScript(kernelParameters: string): string {
  const append = [liveParameters, kernelParameters].filter((words) => words !== '').join(' ');
  return `#!/bin/sh
set -e
cd "$(dirname "$0")"
tty=$(awk 'END { print $NF }' /sys/class/tty/console/active 2>/dev/null || true)
console=
if [ -n "$tty" ]; then
	speed=$(stty -F "/dev/$tty" speed 2>/dev/null || true)
	console="console=$tty\${speed:+,\${speed}n8}"
fi
kexec --load --initrd=initrd.img --append="${escapeDoubleQuoted(append)} $console" vmlinuz
kexec --exec
`;
}

function escapeDoubleQuoted(text: string): string {
  return text.replaceAll(/[\\"$`]/g, (sign) => `\\${sign}`);
}
