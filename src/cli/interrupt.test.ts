import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForSignals } from './interrupt.ts';

test('the first signal aborts with its name, the second ends at once', () => {
  const source = new EventEmitter();
  const exits: number[] = [];
  const signal = listenForSignals(source, (exitCode) => exits.push(exitCode));
  expect(signal.aborted).toBe(false);
  source.emit('SIGINT');
  expect(signal.reason).toMatchObject({ code: 'INTERRUPTED', data: { signal: 'SIGINT' }, exitCode: 1 });
  expect(exits).toEqual([]);
  source.emit('SIGINT');
  source.emit('SIGTERM');
  expect(exits).toEqual([130, 143]);
});
