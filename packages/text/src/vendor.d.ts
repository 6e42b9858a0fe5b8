declare module 'opencc-js/dict/TSCharacters' {
  /** Entries `traditional simplified[ simplified...]` joined by `|`. */
  const dictionary: string;
  export default dictionary;
}

declare module 'wink-porter2-stemmer' {
  const stem: (word: string) => string;
  export default stem;
}
