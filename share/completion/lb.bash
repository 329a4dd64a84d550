# Completion of lb for bash: . share/completion/lb.bash
# Made by tools/gen-docs.js: change the tables in src/, then run that.

# The words that may follow an option of a command; @file and @directory stand for names of files, @list before words for a list of them.
_lb_values() {
	case "$1 $2" in
	"config --config" | "config -d" | "config --distribution" | "config --distribution-chroot" | "config --distribution-binary" | "config --parent-distribution" | "config --parent-distribution-chroot" | "config --parent-distribution-binary" | "config --mode" | "config --image-name" | "config --archive-areas" | "config --parent-archive-areas" | "config -m" | "config --parent-mirror-bootstrap" | "config --parent-mirror-chroot" | "config --parent-mirror-chroot-security" | "config --parent-mirror-binary" | "config --parent-mirror-binary-security" | "config --parent-mirror-debian-installer" | "config --mirror-bootstrap" | "config --mirror-chroot" | "config --mirror-chroot-security" | "config --mirror-binary" | "config --mirror-binary-security" | "config --mirror-debian-installer" | "config --keyring-packages" | "config --apt-http-proxy" | "config --apt-pipeline" | "config --apt-options" | "config --aptitude-options" | "config --debootstrap-options" | "config --bootstrap-qemu-arch" | "config --bootstrap-qemu-exclude" | "config -k" | "config --linux-flavours" | "config --linux-packages" | "config --chroot-squashfs-compression-level" | "config --chroot-squashfs-compression-type" | "config --dm-verity-fec" | "config --dm-verity-sign" | "config --swap-file-size" | "config --jffs2-eraseblock" | "config --bootappend-live" | "config --bootappend-live-failsafe" | "config --bootappend-install" | "config --boot-menu-timeout" | "config --boot-menu-default" | "config --boot-menu-serial" | "config --gzip-options" | "config --hdd-label" | "config --hdd-size" | "config --hdd-partition-start" | "config --iso-application" | "config --iso-preparer" | "config --iso-publisher" | "config --iso-volume" | "config --onie-kernel-cmdline" | "config --net-root-server" | "config --net-root-mountoptions" | "config --net-cow-server" | "config --net-cow-mountoptions" | "config --debian-installer-distribution" | "config --parent-debian-installer-distribution" | "config --cache-stages") echo "" ;;
	"config -c" | "config --conffile" | "config --debootstrap-script" | "config --bootstrap-qemu-static" | "config --swap-file-path" | "config --net-root-path" | "config --net-cow-path" | "config --debian-installer-preseedfile") echo "@file" ;;
	"config -a" | "config --architecture" | "config --architectures") echo "amd64 arm64 armel armhf i386 ia64 powerpc ppc64el riscv64 s390x" ;;
	"config --system") echo "live normal" ;;
	"config --utc-time" | "config --security" | "config --updates" | "config --backports" | "config --proposed-updates" | "config --apt-recommends" | "config --apt-secure" | "config --apt-source-archives" | "config --apt-indices" | "config --firmware-chroot" | "config --loadlin" | "config --win32-loader" | "config --build-with-chroot" | "config --net-tarball" | "config --onie" | "config --zsync" | "config --debian-installer-gui" | "config --firmware-binary" | "config --source" | "config --cache" | "config --cache-indices" | "config --cache-packages") echo "true false" ;;
	"config --apt") echo "apt apt-get aptitude" ;;
	"config --debconf-frontend") echo "dialog editor noninteractive readline" ;;
	"config --debconf-priority") echo "low medium high critical" ;;
	"config --initramfs") echo "none live-boot dracut-live" ;;
	"config --initramfs-compression") echo "bzip2 gzip lzma" ;;
	"config --initsystem") echo "sysvinit systemd none" ;;
	"config --chroot-filesystem") echo "ext2 ext3 ext4 squashfs jffs2 none plain" ;;
	"config --profile") echo "dev release" ;;
	"config --interactive") echo "true shell x11 xnest false" ;;
	"config --bootloaders" | "config --bootloader") echo "@list grub-legacy grub-pc syslinux grub-efi" ;;
	"config --uefi-secure-boot") echo "auto enable disable" ;;
	"config --memtest") echo "memtest86+ memtest86 none" ;;
	"config --boot-menu-entries") echo "@list persistence persistence-encrypted toram" ;;
	"config -b" | "config --binary-image" | "config --binary-images") echo "@list iso iso-hybrid hdd tar netboot" ;;
	"config --binary-filesystem") echo "fat16 fat32 ext2 ext3 ext4 btrfs ntfs" ;;
	"config --checksums") echo "@list md5 sha1 sha224 sha256 sha384 sha512 none" ;;
	"config --compression") echo "bzip2 gzip lzip xz none" ;;
	"config --net-root-filesystem") echo "nfs cifs" ;;
	"config --net-cow-filesystem") echo "nfs" ;;
	"config --debian-installer") echo "cdrom netinst netboot businesscard live none" ;;
	"config -s" | "config --source-images") echo "@list iso netboot tar hdd" ;;
	"build -j" | "build --jobs" | "build --profile") echo "" ;;
	"bootstrap -j" | "bootstrap --jobs") echo "" ;;
	"chroot -j" | "chroot --jobs") echo "" ;;
	"installer -j" | "installer --jobs") echo "" ;;
	"binary -j" | "binary --jobs") echo "" ;;
	"source -j" | "source --jobs") echo "" ;;
	"test --boots" | "test -j" | "test --jobs" | "test --timeout" | "test --memory") echo "" ;;
	"test --output") echo "@directory" ;;
	"run --memory") echo "" ;;
	"write --passphrase-file") echo "@file" ;;
	"write --persistence-label" | "write --data-label") echo "" ;;
	"serve --interface" | "serve --netns" | "serve --range" | "serve --http-port") echo "" ;;
	*) return 1 ;;
	esac
}

_lb_options() {
	case "$1" in
	config) echo "--clean --config -c --conffile --dump --ignore-system-defaults --validate --no-color -h --help -u --usage -v --version -a --architecture --architectures -d --distribution --distribution-chroot --distribution-binary --parent-distribution --parent-distribution-chroot --parent-distribution-binary --mode --system --image-name --utc-time --archive-areas --parent-archive-areas -m --parent-mirror-bootstrap --parent-mirror-chroot --parent-mirror-chroot-security --parent-mirror-binary --parent-mirror-binary-security --parent-mirror-debian-installer --mirror-bootstrap --mirror-chroot --mirror-chroot-security --mirror-binary --mirror-binary-security --mirror-debian-installer --security --updates --backports --proposed-updates --keyring-packages --apt --apt-http-proxy --apt-pipeline --apt-recommends --apt-secure --apt-source-archives --apt-indices --apt-options --aptitude-options --debconf-frontend --debconf-priority --debootstrap-options --debootstrap-script --firmware-chroot --bootstrap-qemu-arch --bootstrap-qemu-exclude --bootstrap-qemu-static -k --linux-flavours --linux-packages --initramfs --initramfs-compression --initsystem --chroot-filesystem --profile --chroot-squashfs-compression-level --chroot-squashfs-compression-type --interactive --dm-verity --dm-verity-fec --dm-verity-sign --swap-file-path --swap-file-size --jffs2-eraseblock --bootappend-live --bootappend-live-failsafe --bootappend-install --bootloaders --bootloader --uefi-secure-boot --memtest --loadlin --win32-loader --boot-menu-timeout --boot-menu-default --boot-menu-entries --boot-menu-serial -b --binary-image --binary-images --binary-filesystem --build-with-chroot --checksums --compression --gzip-options --hdd-label --hdd-size --hdd-partition-start --iso-application --iso-preparer --iso-publisher --iso-volume --net-tarball --onie --onie-kernel-cmdline --zsync --net-root-filesystem --net-root-path --net-root-server --net-root-mountoptions --net-cow-filesystem --net-cow-path --net-cow-server --net-cow-mountoptions --debian-installer --debian-installer-distribution --debian-installer-preseedfile --debian-installer-gui --parent-debian-installer-distribution --firmware-binary --source -s --source-images --cache --cache-indices --cache-packages --cache-stages --breakpoints --debug --color --force --quiet --verbose" ;;
	build) echo "-n --dry-run -j --jobs --profile --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	clean) echo "--all --stage --chroot --binary --source --cache --remove --purge --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	bootstrap) echo "-j --jobs --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	chroot) echo "-j --jobs --extract --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	installer) echo "-j --jobs --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	binary) echo "-j --jobs --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	source) echo "-j --jobs --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	test) echo "--boots --list -j --jobs --timeout --memory --output --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	run) echo "--serial --uefi --disk --memory --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	write) echo "--list -y --yes --persistence --encrypt --passphrase-file --persistence-label --data --data-label --internal-disk --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	serve) echo "--interface --netns --proxy --dhcp --range --no-dhcp --no-tftp --no-ipxe --no-nfs --no-http --http-port --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	explain) echo "--json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	shell) echo "--breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	squashfs) echo "--json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	compat) echo "--all --json --breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	help) echo "--breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	version) echo "--breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	*) echo "--breakpoints --color --no-color --debug --force --quiet --verbose -h --help -u --usage -v --version" ;;
	esac
}

# What a command takes besides options.
_lb_operands() {
	case "$1" in
	test | run | write | serve | explain | shell | squashfs | compat | help) echo @file ;;
	esac
}

_lb_complete_files() {
	compopt -o filenames 2>/dev/null
	if [[ $1 == @directory ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$2")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
	fi
}

_lb() {
	local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} command= values i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -* ]] && continue
		command=${COMP_WORDS[i]}
		break
	done
	# "--name=value" comes as three words.
	if [[ $current == = ]]; then
		current=
	elif [[ $option == = ]]; then
		option=${COMP_WORDS[COMP_CWORD-2]}
	fi
	if [[ -z $command ]]; then
		values="config build clean bootstrap chroot installer binary source test run write serve explain shell squashfs compat help version $(_lb_options '')"
	elif [[ $command == help ]]; then
		values="config build clean bootstrap chroot installer binary source test run write serve explain shell squashfs compat help version"
	elif [[ $option == -* ]] && values=$(_lb_values "$command" "$option"); then
		:
	elif [[ $current == -* ]]; then
		values=$(_lb_options "$command")
	else
		values=$(_lb_operands "$command")
	fi
	case "$values" in
	@file | @directory)
		_lb_complete_files "$values" "$current"
		;;
	@list*)
		local before=
		[[ $current == *,* ]] && before=${current%,*},
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "${values#@list}" -- "${current##*,}")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
		;;
	esac
}

complete -F _lb lb livewright
