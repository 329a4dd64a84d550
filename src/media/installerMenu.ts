import type { MediumSettings } from './settings.ts';
import type { StartEntry } from './startEntry.ts';

export interface InstallerMenu {
  /** In the main menu. */
  readonly start: readonly StartEntry[];
  /** In a menu of their own. */
  readonly advanced: readonly StartEntry[];
}

/** Where the installer's files stand on the medium. */
export const installerDirectories = { text: 'install', gtk: 'install/gtk' } as const;
type Face = keyof typeof installerDirectories;

/** What the installer can be asked to do: its manual (Installation Guide 5.3), boot parameters. */
const manners = [
  { name: 'install', words: 'Install', parameters: '' },
  { name: 'expert', words: 'Expert install', parameters: 'priority=low' },
  { name: 'automated', words: 'Automated install', parameters: 'auto=true priority=critical' },
  { name: 'rescue', words: 'Rescue mode', parameters: 'rescue/enable=true' },
] as const;

/** The entries of the installer, or undefined where there is none on the medium. */
export function installerMenu(settings: MediumSettings): InstallerMenu | undefined {
  const { installer } = settings;
  if (installer === undefined) return undefined;
  const faces: readonly Face[] = installer.gui ? ['gtk', 'text'] : ['text'];
  const usual: Face = installer.gui ? 'gtk' : 'text';
  const start = { id: 'install', label: 'Start installer', hotkey: 'i' };
  const speech = { id: 'install-speech', label: 'Start installer with speech synthesis', hotkey: 's' };
  return {
    start: [entry(settings, usual, '', start), entry(settings, usual, 'speakup.synth=soft', speech)],
    advanced: faces.flatMap((face) =>
      manners.map(({ name, words, parameters }) => {
        const label = `${face === 'gtk' ? 'Graphical' : 'Text'}: ${words}`;
        return entry(settings, face, parameters, { id: `install-${face}-${name}`, label });
      }),
    ),
  };
}

type Named = Pick<StartEntry, 'id' | 'label' | 'hotkey'>;

/** What stands behind `---` is for the installed system too. */
function entry({ bootAppendInstall }: MediumSettings, face: Face, parameters: string, named: Named): StartEntry {
  const directory = `/${installerDirectories[face]}`;
  const words = [face === 'gtk' ? 'vga=788' : 'vga=normal', parameters, bootAppendInstall, '--- quiet'];
  return {
    ...named,
    linux: `${directory}/vmlinuz`,
    initrd: `${directory}/initrd.gz`,
    append: words.filter((word) => word !== '').join(' '),
  };
}
