// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what XML refuses
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** Text without what XML 1.0 cannot hold. @see https://www.w3.org/TR/xml/#charsets */
export function xmlText(text: string): string {
  return text.replace(FORBIDDEN, '');
}
