/** Files of text that go with the programs that start the installer from DOS (loadlin) and from Windows (win32-loader). */
export interface StarterTexts {
  readonly architecture: string;
  /** Whether the Debian Installer is on the medium, and whether it has a graphical face. */
  readonly installer: boolean;
  readonly gui: boolean;
}

export type StarterName = 'loadlin' | 'win32-loader';

/** Path on the medium -> where the package has it; a `.gz` is unpacked on the way. */
export const starterFiles: Readonly<Record<StarterName, Readonly<Record<string, string>>>> = {
  loadlin: {
    'tools/loadlin.exe': 'usr/lib/loadlin/loadlin.exe.gz',
    'tools/loadlin.txt': 'usr/share/doc/loadlin/manual.txt.gz',
  },
  'win32-loader': {
    'setup.exe': 'usr/share/win32/win32-loader.exe',
    g2ldr: 'usr/share/win32/win32-loader/g2ldr',
    'g2ldr.mbr': 'usr/share/win32/win32-loader/g2ldr.mbr',
  },
};

/** Path on the medium -> its text, with the line ends of DOS. */
export function starterTexts(name: StarterName, wanted: StarterTexts): Record<string, string> {
  const texts = name === 'loadlin' ? loadlinTexts(wanted) : windowsTexts(wanted);
  return Object.fromEntries(
    Object.entries(texts).map(([path, lines]) => [path, lines.map((line) => `${line}\r\n`).join('')]),
  );
}

type Texts = Record<string, readonly string[]>;

/** Called in the directory of the installer. */
function loadlinTexts({ gui }: StarterTexts): Texts {
  const start = '\\tools\\loadlin.exe';
  return {
    'install/install.bat': [`${start} vmlinuz initrd=initrd.gz`],
    ...(gui && { 'install/gtk/install.bat': [`${start} \\install\\vmlinuz initrd=initrd.gz vga=788`] }),
  };
}

/** autorun.inf has Windows offer the program; win32-loader.ini names what the program starts (win32-loader's own file). */
function windowsTexts({ architecture, installer, gui }: StarterTexts): Texts {
  const autorun = ['[autorun]', 'open=setup.exe', 'icon=setup.exe,0', 'label=Debian GNU/Linux'];
  const quiet = ['[Content]', 'MusicFiles=false', 'PictureFiles=false', 'VideoFiles=false'];
  const face = (prefix: string, directory: string): string[] => [
    `${prefix}/linux=install/vmlinuz`,
    `${prefix}/initrd=${directory}/initrd.gz`,
  ];
  const ini = [
    ...['[installer]', 'kernel=linux', `arch=${architecture}`, 'default_desktop=gnome'],
    ...face(architecture, 'install'),
    ...(gui ? face(`${architecture}/gtk`, 'install/gtk') : []),
    ...['[grub]', 'g2ldr=g2ldr', 'g2ldr.mbr=g2ldr.mbr'],
  ];
  return { 'autorun.inf': [...autorun, ...quiet], ...(installer && { 'win32-loader.ini': ini }) };
}
