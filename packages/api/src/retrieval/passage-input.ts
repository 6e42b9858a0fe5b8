import { createHash } from 'node:crypto';
import { overlapOf } from '@ainotebook/text/search';

/** A passage as it stands in `chunks`. */
interface Passage {
  id: string;
  headingPath: readonly string[];
  text: string;
}

/** What is sent to the model for a passage. */
export interface PassageInput {
  chunkId: string;
  text: string;
  /** 32 hex digits that tell two texts apart. */
  hash: string;
}

/**
 * What the model is given for each passage of an article, in their order: the passage with the end
 * of the one before, under the title and the headings, since a passage alone seldom says what it is
 * about. What has neither is left out.
 */
export function passageInputs(title: string, passages: readonly Passage[]): PassageInput[] {
  return passages.flatMap(({ id, headingPath, text }, index) => {
    const about = [title, ...headingPath].filter((part) => part.trim() !== '').join(' > ');
    const isBlank = text.trim() === '';
    const said = isBlank ? '' : overlapOf(passages[index - 1]?.text ?? '', text) + text;
    const input = [about, said.trim()].filter((part) => part !== '').join('\n\n');
    if (input === '') return [];
    const hash = createHash('sha256').update(input).digest('hex').slice(0, 32);
    return [{ chunkId: id, text: input, hash }];
  });
}
