import { expect, test } from 'vitest';
import { screenAtStart } from './bootMenu.ts';
import type { Picture } from './ppm.ts';

function picture(width: number, height: number, isBlank = false): Picture {
  const pixels = new Uint8Array(width * height * 3);
  if (!isBlank) pixels[0] = 255;
  return { width, height, pixels };
}

const [firmware, menu, text] = [picture(1280, 800), picture(800, 600), picture(720, 400)];

test.each([
  ['the firmware still shows', firmware, picture(1280, 800), 'after'],
  ['the loader has drawn its menu already', firmware, menu, 'before'],
  ['nothing was seen before', undefined, firmware, 'after'],
  ['the firmware has only just left text mode', text, firmware, 'after'],
  ['the firmware has only just drawn something', picture(640, 480, true), firmware, 'after'],
] as const)("the firmware's screen where %s", (_, before, after, which) => {
  expect(screenAtStart(before, after)).toBe(which === 'before' ? before : after);
});
