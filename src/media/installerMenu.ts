import type { MediumSettings } from './settings.ts';
import type { StartEntry } from './startEntry.ts';

export interface InstallerMenu {
  /** In the main menu. */
  readonly start: readonly StartEntry[];
  /** In a menu of their own, each with a menu of its own again. */
  readonly advanced: readonly InstallerGroup[];
}

/** The same ways to install, by one face of the installer. */
export interface InstallerGroup {
  readonly id: string;
  readonly label: string;
  readonly hotkey: string;
  readonly entries: readonly StartEntry[];
}

/** Where the installer's files stand on the medium. */
export const installerDirectories = { text: 'install', gtk: 'install/gtk' } as const;
type Face = keyof typeof installerDirectories;

const speech = 'speakup.synth=soft';

/** What the installer can be asked to do: its manual (Installation Guide 5.3), boot parameters. */
const manners = [
  { name: 'install', words: 'Install', hotkey: 'i', parameters: '' },
  { name: 'expert', words: 'Expert install', hotkey: 'x', parameters: 'priority=low' },
  { name: 'automated', words: 'Automated install', hotkey: 'a', parameters: 'auto=true priority=critical' },
  { name: 'rescue', words: 'Rescue mode', hotkey: 'r', parameters: 'rescue/enable=true' },
] as const;

interface Look {
  readonly name: string;
  readonly label: string;
  readonly hotkey: string;
  readonly face: Face;
  /** Before those of the manner, and behind them. */
  readonly first?: string;
  readonly last?: string;
}

/** Names, letters and order of parameters are those of trixie's live-build: scripts and people know them. */
const looks: readonly Look[] = [
  { name: 'gtk', label: 'Graphical installer', hotkey: 'g', face: 'gtk' },
  { name: 'text', label: 'Text installer', hotkey: 't', face: 'text' },
  { name: 'gtk-dark', label: 'Graphical installer with dark theme', hotkey: 'd', face: 'gtk', last: 'theme=dark' },
  { name: 'text-dark', label: 'Text installer with dark theme', hotkey: 'k', face: 'text', last: 'theme=dark' },
  // Only the graphical initrd has the synthesiser.
  { name: 'speech', label: 'Installer with speech synthesis', hotkey: 's', face: 'gtk', first: speech },
];

/** The entries of the installer, or undefined where there is none on the medium. */
export function installerMenu(settings: MediumSettings): InstallerMenu | undefined {
  const { installer } = settings;
  if (installer === undefined) return undefined;
  const usual: Face = installer.gui ? 'gtk' : 'text';
  const start = { id: 'install', label: 'Start installer', hotkey: 'i' };
  const spoken = { id: 'install-speech', label: 'Start installer with speech synthesis', hotkey: 's' };
  return {
    start: [
      entry(settings, { face: usual }, start),
      ...(installer.gui ? [entry(settings, { face: usual, first: speech }, spoken)] : []),
    ],
    advanced: looks
      .filter(({ face }) => installer.gui || face === 'text')
      .map((look) => ({
        ...{ id: `install-${look.name}`, label: look.label, hotkey: look.hotkey },
        entries: manners.map(({ name, words, hotkey, parameters }) =>
          entry(settings, { ...look, parameters }, { id: `install-${look.name}-${name}`, label: words, hotkey }),
        ),
      })),
  };
}

type Named = Pick<StartEntry, 'id' | 'label' | 'hotkey'>;
type Way = Pick<Look, 'face' | 'first' | 'last'> & { readonly parameters?: string };

/** What stands behind `---` is for the installed system too; an expert wants to see what the kernel says. */
function entry({ bootAppendInstall }: MediumSettings, way: Way, named: Named): StartEntry {
  const { face, first = '', parameters = '', last = '' } = way;
  const directory = `/${installerDirectories[face]}`;
  const end = parameters === 'priority=low' ? '' : '--- quiet';
  return {
    ...named,
    linux: `${directory}/vmlinuz`,
    initrd: `${directory}/initrd.gz`,
    append: [first, parameters, 'vga=788', last, bootAppendInstall, end].filter((word) => word !== '').join(' '),
  };
}
