import { common, createLowlight } from 'lowlight';

/** Colours code in the languages of `highlight.js` that are common, as the public page does. */
export const createHighlighter = () => createLowlight(common);
