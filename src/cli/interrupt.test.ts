import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForSignals } from './interrupt.ts';

test('the first signal aborts with its name, the second ends at once', () => {
  const source = new EventEmitter();
  const exits: number[] = [];
  let nowMs = 0;
  const signal = listenForSignals(
    source,
    (exitCode) => exits.push(exitCode),
    () => nowMs,
  );
  expect(signal.aborted).toBe(false);
  source.emit('SIGINT');
  expect(signal.reason).toMatchObject({ code: 'INTERRUPTED', data: { signal: 'SIGINT' }, exitCode: 1 });
  // timeout(1) signals the program and then its whole group; an outer process hands the same on.
  nowMs = 400;
  source.emit('SIGTERM');
  expect(exits).toEqual([]);
  nowMs = 600;
  source.emit('SIGINT');
  source.emit('SIGTERM');
  expect(exits).toEqual([130, 143]);
});
