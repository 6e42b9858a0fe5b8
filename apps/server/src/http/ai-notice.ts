import type { AiLevel, Locale } from '@ainotebook/contract';
import type { AiNotice } from '@ainotebook/convert/write';
import { m } from '@ainotebook/messages';

/**
 * What readers and programs are told of a text that an AI wrote some of; null for none. The words name AI and
 * what it did, as China's labelling measures of 2025 want it; the type is of the vocabulary of the IPTC.
 * @see https://cv.iptc.org/newscodes/digitalsourcetype/
 */
export function aiNotice(
  level: AiLevel,
  locale: Locale,
): (AiNotice & { schemaType: string }) | null {
  if (level === 'none') return null;
  const isMost = level === 'mostly';
  const name = isMost ? 'trainedAlgorithmicMedia' : 'compositeWithTrainedAlgorithmicMedia';
  return {
    words: isMost ? m.page_ai_mostly({}, { locale }) : m.page_ai_partly({}, { locale }),
    sourceType: `http://cv.iptc.org/newscodes/digitalsourcetype/${name}`,
    schemaType: `https://schema.org/${name[0]?.toUpperCase()}${name.slice(1)}DigitalSource`,
  };
}
