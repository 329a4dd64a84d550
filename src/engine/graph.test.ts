import { expect, test } from 'vitest';
import { orderSteps, resultsFor } from './graph.ts';
import { defineStep, type Step } from './step.ts';

function step(name: string, ...needs: Step[]): Step {
  return defineStep({ name, title: name, version: 1, needs, inputs: () => null, run: async () => null });
}

test('every step comes once, after those it needs', () => {
  const a = step('a');
  const b = step('b', a);
  const c = step('c', a);
  const d = step('d', b, c);
  expect(orderSteps([d, c]).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
});

test('two steps of one name are a mistake, wherever they are', () => {
  expect(() => orderSteps([step('a'), step('a')])).toThrow('Two steps are called a.');
  expect(() => orderSteps([step('a', step('b', step('a')))])).toThrow('Two steps are called a.');
});

test('a cycle is named', () => {
  const needs: Step[] = [];
  const a = { ...step('a'), needs };
  needs.push(step('c', step('b', a)));
  expect(() => orderSteps([step('d', a)])).toThrow('Steps need each other: a -> c -> b -> a.');
});

test('a step sees only results of steps that it needs', () => {
  const a = step('a');
  const results = new Map([['a', 'of a']]);
  expect(resultsFor(step('b', a), results)(a)).toBe('of a');
  expect(() => resultsFor(step('b'), results)(a)).toThrow('b asks for the result of a');
});
