import { commandTable, globalFlags } from './commandTable.js';
import { renderBash } from './completionBash.js';
import { renderFish } from './completionFish.js';
import { renderZsh } from './completionZsh.js';

/** The completion files, by name. */
export async function renderCompletion() {
  const table = await commandTable();
  return {
    'lb.bash': renderBash(table, globalFlags),
    _lb: renderZsh(table, globalFlags),
    'lb.fish': renderFish(table, globalFlags),
  };
}
