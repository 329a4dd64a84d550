#!/bin/sh
# Draws the boot pictures of share/bootloaders from their SVG sources. The results are checked in, so that a build
# needs neither rsvg-convert nor a font. Needs: librsvg2-bin, fonts-dejavu-core.
set -eu
cd "$(dirname "$0")/../share/bootloaders"

draw() { # SOURCE WIDTH HEIGHT TARGET
	rsvg-convert --format png --width "$2" --height "$3" --output "$4" "$1"
}

# GRUB takes the menu's bar in three pieces: left end, middle, right end. A view box cuts each out of the drawing.
cut_bar() { # X WIDTH TARGET
	sed "s|viewBox=\"0 0 36 32\" width=\"36\"|viewBox=\"$1 0 $2 32\" width=\"$2\"|" select.svg | rsvg-convert --format png --output "$3"
}

draw splash.svg 640 480 syslinux_common/splash.png
draw splash.svg 800 600 grub-pc/splash.png
cut_bar 0 16 grub-pc/live-theme/select_w.png
cut_bar 16 4 grub-pc/live-theme/select_c.png
cut_bar 20 16 grub-pc/live-theme/select_e.png
