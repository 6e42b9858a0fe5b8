import {
  canBeDocument,
  type DocumentNode,
  readDocument,
  writeDocument,
} from '@ainotebook/text/document';
import { Extension } from '@tiptap/core';
import { Fragment, Slice } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import { cleanHtml } from './clean-html.js';

const PICTURE = /^https?:\/\/\S+\.(?:avif|gif|jpe?g|png|svg|webp)(?:\?\S*)?$/i;

/** Cleans what comes from Word and the web, reads plain text as Markdown, and gives Markdown to others. */
export const Paste = Extension.create({
  name: 'cleanPaste',
  addProseMirrorPlugins() {
    return [
      new Plugin({
        props: {
          transformPastedHTML: cleanHtml,
          clipboardTextParser(text, _context, isPlain, view) {
            const { schema } = view.state;
            const source = text.replace(/\r\n?/g, '\n');
            if (!isPlain && PICTURE.test(source.trim())) {
              const picture = schema.nodes.image?.create({ src: source.trim() });
              if (picture) return new Slice(Fragment.from(picture), 0, 0);
            }
            // With Shift as it is; a text too intricate to be parsed, too.
            const isMarkdown = !isPlain && canBeDocument(source);
            const nodes = isMarkdown
              ? readDocument(source).blocks.map(({ node }) => schema.nodeFromJSON(node))
              : source
                  .split(/\n+/)
                  .map((line) => schema.node('paragraph', null, line ? [schema.text(line)] : []));
            const fragment = Fragment.from(nodes);
            const isOpen = (node = fragment.firstChild) =>
              node?.type.name === 'paragraph' ? 1 : 0;
            return new Slice(fragment, isOpen(), isOpen(fragment.lastChild));
          },
          clipboardTextSerializer(slice) {
            const nodes: DocumentNode[] = [];
            slice.content.forEach((node) => {
              if (node.isBlock) nodes.push(node.toJSON() as DocumentNode);
            });
            const [only] = nodes;
            const isLine = nodes.length === 1 && slice.openStart > 0 && only?.type !== 'table';
            if (nodes.length === 0 || isLine) {
              return slice.content.textBetween(0, slice.content.size, '\n\n', (leaf) =>
                leaf.type.spec.leafText ? leaf.type.spec.leafText(leaf) : '',
              );
            }
            return writeDocument(nodes);
          },
        },
      }),
    ];
  },
});
