import type { BlockContent, DefinitionContent, Parent, PhrasingContent } from 'mdast';
// Types of the nodes of front matter and math come with their packages.
import type {} from 'mdast-util-to-markdown';

/** `[[target]]` or `[[target|alias]]`. */
export interface WikiLink {
  type: 'wikiLink';
  target: string;
  alias: string | null;
  /** Where it leads, once that is known; never read from the source. */
  href?: string | undefined;
  position?: Parent['position'];
}

/** `==text==` */
export interface Highlight extends Parent {
  type: 'highlight';
  children: PhrasingContent[];
}

export const CALLOUT_KINDS = ['note', 'tip', 'important', 'warning', 'caution'] as const;
export type CalloutKind = (typeof CALLOUT_KINDS)[number];

/** `[!NOTE]` where it stands in the source, before the quote around it becomes a callout. */
export interface CalloutMark {
  type: 'calloutMark';
  kind: CalloutKind;
  position?: Parent['position'];
}

/** The rest of the first line of a callout. */
export interface CalloutTitle extends Parent {
  type: 'calloutTitle';
  children: PhrasingContent[];
}

/** A quote that begins with `[!NOTE]`; a title, where there is one, is the first child. */
export interface Callout extends Parent {
  type: 'callout';
  kind: CalloutKind;
  children: (CalloutTitle | BlockContent | DefinitionContent)[];
}

/** Source in a line that is written as it is; never read. */
export interface Verbatim {
  type: 'verbatim';
  value: string;
  position?: Parent['position'];
}

declare module 'mdast' {
  interface PhrasingContentMap {
    verbatim: Verbatim;
    wikiLink: WikiLink;
    highlight: Highlight;
    calloutMark: CalloutMark;
  }
  interface BlockContentMap {
    callout: Callout;
  }
  interface RootContentMap {
    verbatim: Verbatim;
    wikiLink: WikiLink;
    highlight: Highlight;
    calloutMark: CalloutMark;
    callout: Callout;
    calloutTitle: CalloutTitle;
  }
}

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    wikiLink: 'wikiLink';
    wikiLinkMarker: 'wikiLinkMarker';
    wikiLinkText: 'wikiLinkText';
    calloutMark: 'calloutMark';
    highlight: 'highlight';
    highlightText: 'highlightText';
    highlightSequence: 'highlightSequence';
    highlightSequenceTemporary: 'highlightSequenceTemporary';
    dollarMath: 'dollarMath';
    dollarMathMarker: 'dollarMathMarker';
    dollarMathText: 'dollarMathText';
  }
}

declare module 'mdast-util-to-markdown' {
  interface ConstructNameMap {
    highlight: 'highlight';
    callout: 'callout';
  }
}
