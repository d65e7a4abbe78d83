import { compareText } from '../query/text-order.ts';

/** Texts in their order, each once. */
export function sortedTexts(texts: readonly string[]): readonly string[] {
  for (let i = 1; i < texts.length; i += 1) {
    if (compareText(texts[i - 1]!, texts[i]!) >= 0) return [...new Set(texts)].sort(compareText);
  }
  return texts;
}
