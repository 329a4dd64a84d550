import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import type { EventBus } from '../events/events.ts';
import { replaceFile } from '../store/atomic.ts';
import type { Store, TreeRef } from '../store/types.ts';

/** Which tools trees were used last. */
export interface KnownTools {
  readonly build: TreeRef;
  readonly serve: TreeRef;
}

/** In the store, since it names the store's trees; whoever deletes it has to reach a mirror again. */
const fileOf = (store: Store): string => join(store.root, 'serve-tools.json');

/**
 * Makes tools trees by `make`, which asks a mirror; where none can be reached, those of the last time will do. A network
 * that machines are to boot from is often connected to nothing else.
 */
export async function makeOrRecall(
  store: Store,
  events: Pick<EventBus, 'emit'>,
  make: (emit: EventBus['emit']) => Promise<KnownTools>,
): Promise<KnownTools> {
  const known = await recall(store);
  if (known === undefined) return remember(store, await make(events.emit));
  try {
    // Not yet a failure.
    return await remember(store, await make((event) => void (event.type !== 'step-failed' && events.emit(event))));
  } catch (error) {
    if (!(error instanceof LivewrightError) || error.code !== 'MIRROR_UNREACHABLE') throw error;
    events.emit({ type: 'warning', message: `${error.message} The tools of the last time are used.` });
    return known;
  }
}

async function remember(store: Store, tools: KnownTools): Promise<KnownTools> {
  await store.withStaging(async (directory) => {
    await replaceFile(fileOf(store), JSON.stringify(tools), join(directory, 'tools.json'));
  });
  return tools;
}

/** Undefined unless every tree is still there. */
async function recall(store: Store): Promise<KnownTools | undefined> {
  const text = await orIfAbsent(readFile(fileOf(store), 'utf8'), undefined);
  const known = text === undefined ? undefined : (JSON.parse(text) as KnownTools);
  if (known === undefined) return undefined;
  const present = await Promise.all([known.build, known.serve].map((tree) => store.hasTree(tree)));
  return present.every(Boolean) ? known : undefined;
}
