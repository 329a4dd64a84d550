#!/bin/sh
# What somebody would write who needs one live image and no tool for it: mmdebstrap, mksquashfs, boot loaders, xorriso. Of a
# tree in live-build's manner it takes package lists, included files and chroot hooks of its own. Needs root and these packages:
#   mmdebstrap squashfs-tools xorriso isolinux syslinux-common shim-signed grub-efi-amd64-signed mtools dosfstools
# Usage: byHand.sh TREE WORK SUITE CODEC MIRROR [SECURITY_MIRROR]; leaves WORK/live.hybrid.iso
set -eu
tree=$1 work=$2 suite=$3 codec=$4 mirror=$5 security=${6-}
root=$work/root medium=$work/medium

own_packages() {
	cat "$tree"/config/package-lists/*.list.chroot | sed 's/#.*//' | tr -s ' \t\n' ','
}

copy_includes() { # NAME: those of config/NAME
	[ ! -d "$tree/config/$1" ] || cp -a --no-preserve=ownership "$tree/config/$1/." "$root/"
}

run_hooks() {
	find "$tree/config/hooks" -name '*.chroot' -type f 2>/dev/null | sort | while read -r hook; do
		install -m 0755 "$hook" "$root/hook"
		chroot "$root" /hook </dev/null
		rm "$root/hook"
	done
}

make_root() {
	set -- "deb $mirror $suite main" "deb $mirror $suite-updates main"
	[ -z "$security" ] || set -- "$@" "deb $security $suite-security main"
	# Lists of packages stay, as they do in the others' images. The base is that of debootstrap.
	mmdebstrap --mode=root --variant=debootstrap --skip=cleanup/apt/lists \
		--include="linux-image-amd64,live-boot,live-config,live-config-systemd,systemd-sysv,$(own_packages)" \
		"$suite" "$root" "$@"
	echo debian >"$root/etc/hostname"
	: >"$root/etc/resolv.conf"
	copy_includes includes.chroot
	copy_includes includes.chroot_after_packages
	run_hooks
}

fill_medium() {
	mkdir -p "$medium/live" "$medium/isolinux" "$medium/.disk" "$medium/EFI/boot" "$medium/boot/grub/x86_64-efi"
	cp "$root"/boot/vmlinuz-* "$medium/live/vmlinuz"
	cp "$root"/boot/initrd.img-* "$medium/live/initrd.img"
	mksquashfs "$root" "$medium/live/filesystem.squashfs" -comp "$codec" -no-progress
	echo 'Live system by hand' >"$medium/.disk/info" # Debian's signed GRUB looks for its medium by this name
}

add_bios() {
	cp /usr/lib/ISOLINUX/isolinux.bin "$medium/isolinux/"
	cp /usr/lib/syslinux/modules/bios/ldlinux.c32 /usr/lib/syslinux/modules/bios/libcom32.c32 \
		/usr/lib/syslinux/modules/bios/libutil.c32 /usr/lib/syslinux/modules/bios/menu.c32 "$medium/isolinux/"
	cat >"$medium/isolinux/isolinux.cfg" <<END
ui menu.c32
menu title Live system
label live
	menu label Live system
	linux /live/vmlinuz
	initrd /live/initrd.img
	append boot=live components quiet splash
END
}

add_uefi() {
	cp /usr/lib/shim/shimx64.efi.signed "$medium/EFI/boot/bootx64.efi"
	cp /usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed "$medium/EFI/boot/grubx64.efi"
	cat >"$medium/boot/grub/grub.cfg" <<END
menuentry "Live system" {
	linux /live/vmlinuz boot=live components quiet splash
	initrd /live/initrd.img
}
END
	echo 'source /boot/grub/grub.cfg' >"$medium/boot/grub/x86_64-efi/grub.cfg"
	mkfs.vfat -C "$medium/boot/grub/efi.img" 8192 >/dev/null
	mmd -i "$medium/boot/grub/efi.img" ::/EFI ::/EFI/boot
	mcopy -i "$medium/boot/grub/efi.img" "$medium/EFI/boot/bootx64.efi" "$medium/EFI/boot/grubx64.efi" ::/EFI/boot/
}

make_image() {
	(cd "$medium" && find . -type f ! -name sha256sum.txt ! -path './isolinux/*' -exec sha256sum {} + >sha256sum.txt)
	xorriso -as mkisofs -quiet -r -J -joliet-long -V 'LIVE BY HAND' -o "$work/live.hybrid.iso" \
		-isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin -partition_offset 16 \
		-b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table \
		-eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat \
		"$medium"
}

rm -rf "$work"
mkdir -p "$work"
make_root
fill_medium
add_bios
add_uefi
make_image
