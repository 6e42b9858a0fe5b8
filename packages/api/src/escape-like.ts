/** The text as a LIKE pattern that matches it alone, letter for letter. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
