import { LivewrightError } from '../errors.ts';
import { checkBeforeBuild } from './checkTogether.ts';
import { placeOf, spellOrigin } from './checkValue.ts';
import type { LiveConfig } from './load.ts';
import { orList } from './options/valueTypes.ts';
import { type OptionName, optionNames, rowOf } from './options.ts';
import type { ConfigWarning } from './settings.ts';

export interface SupportReport {
  /** NOT_SUPPORTED for each value that this version's build cannot do, CONFIG_VALUE for what no build can. */
  readonly problems: readonly LivewrightError[];
  /** Options that were set, that the build does not read, and that change nothing that matters. */
  readonly warnings: readonly ConfigWarning[];
}

/** Compares a configuration with what this version can build; asked before a build, not by `lb config`. */
export function findUnsupported(config: LiveConfig): SupportReport {
  const problems: LivewrightError[] = checkBeforeBuild(config.values, config.originOf);
  const warnings: ConfigWarning[] = [];
  for (const name of optionNames) {
    const { supportedValues, honoured, harmless, harmlessValues, builtAs = {}, instead, type } = rowOf(name);
    const text = type.format(config.values[name]);
    const subject = `${spellSetter(name, config)} is "${text}"`;
    const other = builtAs[text];
    if (other !== undefined) {
      const message = `${subject}, and this version builds "${other}" instead.`;
      warnings.push({
        message,
        ...(instead && { hint: instead }),
        ...placeOf(config.originOf(setterOf(name, config))),
      });
    } else if (supportedValues !== undefined && !supportedValues.includes(text)) {
      const wants = orList(supportedValues.map((value) => `"${value}"`));
      problems.push(notSupported(`${subject}, and only ${wants} can be built.`, name, config));
    } else if (!honoured && config.originOf(name).kind !== 'default' && !isDefaultText(name, text)) {
      const message = `${subject}, which this version does not act on.`;
      if (harmless || harmlessValues?.test(text)) warnings.push({ message, ...placeOf(config.originOf(name)) });
      else problems.push(notSupported(message, name, config));
    }
  }
  return { problems, warnings };
}

/** The configuration with the values that are built in the place of others, see `builtAs` of the table. */
export function asBuilt(config: LiveConfig): LiveConfig {
  const replaced = optionNames.flatMap((name) => {
    const { builtAs, type } = rowOf(name);
    const other = builtAs?.[type.format(config.values[name])];
    return other === undefined ? [] : [[name, type.parse(other)]];
  });
  return { ...config, values: { ...config.values, ...Object.fromEntries(replaced) } };
}

/** The option that the user would change: --bootloaders where it decides on the two variables. */
function setterOf(name: OptionName, config: LiveConfig): OptionName {
  const isLoader = name === 'bootloaderBios' || name === 'bootloaderEfi';
  return isLoader && config.values.bootloaders.length > 0 ? 'bootloaders' : name;
}

function spellSetter(name: OptionName, config: LiveConfig): string {
  const setter = setterOf(name, config);
  const { long, variable } = rowOf(setter);
  const spelled = spellOrigin(config.originOf(setter), long === undefined ? variable : `--${long}`);
  return setter === name ? spelled : `The boot loader that ${spelled} names`;
}

function isDefaultText(name: OptionName, text: string): boolean {
  const row = rowOf(name);
  return text === '' || ('default' in row && row.type.format(row.default) === text);
}

function notSupported(message: string, name: OptionName, config: LiveConfig): LivewrightError {
  const setter = setterOf(name, config);
  const { long, variable, instead } = rowOf(setter);
  const back = long === undefined ? `Leave ${variable} out.` : `Set it back with lb config --${long} "".`;
  const hint = instead === undefined ? back : `${back} ${instead}`;
  const option = long === undefined ? variable : `--${long}`;
  return new LivewrightError('NOT_SUPPORTED', { message, hint, ...placeOf(config.originOf(setter)), data: { option } });
}
