import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');
const [light, dark] = css.split('@media (prefers-color-scheme: dark)').map(colours);

function colours(text: string): Map<string, string> {
  return new Map([...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1]!, match[2]!]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [dim, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright! + 0.05) / (dim! + 0.05);
}

const text = [
  ['ink', 'paper'],
  ['ink', 'raised'],
  ['ink', 'wash'],
  ['quiet', 'paper'],
  ['quiet', 'raised'],
  ['quiet', 'wash'],
  ['live', 'paper'],
  ['wait', 'paper'],
  ['stop', 'paper'],
  ['stop', 'raised'],
  ['stop', 'wash'],
  ['on-ink', 'ink'],
  ['on-ink', 'live'],
] as const;
const marks = [
  ['edge', 'paper'],
  ['edge', 'raised'],
  ['focus', 'paper'],
  ['focus', 'raised'],
  ['live', 'raised'],
] as const;

for (const [theme, palette] of [['light', light!], ['dark', dark!]] as const) {
  for (const [pairs, least] of [[text, 4.5], [marks, 3]] as const) {
    for (const [front, ground] of pairs) {
      test(`${theme}: ${front} on ${ground} is at least ${least} to 1`, () => {
        const ratio = contrast(palette.get(front)!, palette.get(ground)!);
        assert.ok(ratio >= least, `${ratio.toFixed(2)}`);
      });
    }
  }
}
