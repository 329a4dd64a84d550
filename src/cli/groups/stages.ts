import { parts, type StageName, stageNames } from '../../plan/stageParts.ts';
import { type Command, type CommandOption, json } from '../command.ts';

const jobs: CommandOption = {
  long: 'jobs',
  short: 'j',
  argument: 'required',
  placeholder: 'N',
  help: 'Run up to N steps at once.',
};

const summaries: Readonly<Record<StageName, string>> = {
  bootstrap: 'Make the base system.',
  chroot: 'Make the live system: packages, files, hooks, initramfs.',
  installer: 'Fetch the Debian Installer, where the configuration asks for it.',
  binary: 'Make the medium and the image.',
  source: 'Make the source images, where the configuration asks for them.',
};

const extract: CommandOption = {
  long: 'extract',
  argument: 'none',
  help: 'Leave the finished system in chroot/, for scripts that look into it.',
};

const untouched = 'Nothing is written outside the build directory and the store.';

/** live-build's stages. Each brings what it needs of those before it, so one may be called alone. */
export const stageCommands: readonly Command[] = stageNames.map((name) => ({
  name,
  group: 'Stages',
  summary: summaries[name],
  options: name === 'chroot' ? [jobs, extract, json] : [jobs, json],
  examples: [{ command: `lb ${name}`, text: 'All stages together are "lb build".' }],
  untouched,
  needsConfig: true,
  load: () => loadStage(name),
}));

/** The parts of the stages, which scripts call one by one; help does not list them. */
export const plumbingCommands: readonly Command[] = parts.map(({ name, stage }) => ({
  name,
  group: 'Parts',
  summary: `The part "${name}" of live-build's stage "${stage}": the build as far as that.`,
  operands: '[WORD...]',
  options: [jobs, json],
  examples: [{ command: `lb ${name}`, text: `A part of "lb ${stage}".` }],
  untouched,
  needsConfig: true,
  load: () => loadStage(name),
}));

async function loadStage(name: string): ReturnType<Command['load']> {
  const { stageCommand } = await import('../commands/stage.ts');
  return { run: stageCommand(name) };
}
