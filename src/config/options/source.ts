import { option } from './row.ts';
import { boolean, listOf } from './valueTypes.ts';

/** Images of the source packages. */
export const sourceOptions = {
  source: option({
    long: 'source',
    placeholder: 'true|false',
    variable: 'LB_SOURCE',
    file: 'source',
    type: boolean,
    default: false,
    group: 'Source',
    help: 'Make images of the source packages too.',
    honoured: true,
  }),
  sourceImages: option({
    long: 'source-images',
    short: 's',
    placeholder: 'TYPES',
    variable: 'LB_SOURCE_IMAGES',
    file: 'source',
    type: listOf('iso', 'netboot', 'tar', 'hdd'),
    default: ['tar'],
    group: 'Source',
    help: 'Kinds of source images.',
    honoured: true,
  }),
};
