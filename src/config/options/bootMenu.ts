import { option } from './row.ts';
import { listOf, optionalInteger, text } from './valueTypes.ts';

/** The boot menu's behaviour: options of our own, which live-build reads over. */
export const bootMenuOptions = {
  bootMenuTimeout: option({
    long: 'boot-menu-timeout',
    placeholder: 'SECONDS',
    variable: 'LB_BOOT_MENU_TIMEOUT',
    file: 'binary',
    type: optionalInteger('seconds as a whole number up to 3600', 0, 3600),
    default: undefined,
    group: 'Boot',
    help: 'Start the default entry after SECONDS; without it the menu waits for ever.',
    honoured: true,
  }),
  bootMenuDefault: option({
    long: 'boot-menu-default',
    placeholder: 'ENTRY',
    variable: 'LB_BOOT_MENU_DEFAULT',
    file: 'binary',
    type: text('the name of a menu entry, such as live-amd64-toram', /^[\w.+-]+$/),
    default: '',
    group: 'Boot',
    help: 'The entry that is chosen at first, by its name; without it the first.',
    honoured: true,
  }),
  bootMenuEntries: option({
    long: 'boot-menu-entries',
    placeholder: 'LIST',
    variable: 'LB_BOOT_MENU_ENTRIES',
    file: 'binary',
    type: listOf('persistence', 'persistence-encrypted', 'toram'),
    default: [],
    group: 'Boot',
    help: 'Further entries: with persistence (plain, encrypted), or with the medium copied to memory.',
    honoured: true,
  }),
  bootMenuSerial: option({
    long: 'boot-menu-serial',
    placeholder: 'PORT[,SPEED]',
    variable: 'LB_BOOT_MENU_SERIAL',
    file: 'binary',
    type: text('a port and a speed, such as 0 or 0,115200', /^[0-3](,(9600|19200|38400|57600|115200))?$/),
    default: '',
    group: 'Boot',
    help: 'Show menu and kernel messages on a serial line too: PORT 0 is COM1, ttyS0; on ARM ttyAMA0.',
    honoured: true,
  }),
};
