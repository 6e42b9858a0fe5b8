const HAN = /\p{Script=Han}/gu;
const WORD = /\p{Script=Latin}+/gu;

/** The language a text is read in: Chinese once a fifth of its Chinese characters and Latin words are Chinese. */
export function languageOf(text: string): 'zh-CN' | 'en' {
  const han = text.match(HAN)?.length ?? 0;
  const words = text.match(WORD)?.length ?? 0;
  return han > 0 && han * 4 >= words ? 'zh-CN' : 'en';
}
