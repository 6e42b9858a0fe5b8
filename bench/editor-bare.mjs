// A page with Tiptap and nothing else, for bench/editor.mjs, and the text that all of its editors are given.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const web = fileURLToPath(new URL('../apps/web/', import.meta.url));
const ENTRY = 'virtual:bare-tiptap';

const SECTION = `## 第 N 节 一些想法

写作是**思考**的另一种方式：把话说清楚，_也就把事想清楚了_。Plain words, short sentences, and \`code\` where it helps; see [[另一篇]].

- [ ] 没做的事
- [x] 做完的事

| 项 | 值 |
| - | -: |
| 一 | 1 |
| 二 | 2 |

\`\`\`js
const answer = (question) => question.length;
\`\`\`

> 引用一句：$E = mc^2$。

`;

/** About so many bytes of sections. */
export function textOf(bytes) {
  let text = '';
  for (let i = 1; Buffer.byteLength(text) < bytes; i += 1) text += SECTION.replace('N', String(i));
  return text;
}

/** `window.bare`: `parse(markdown)` to a document, `open(document)` in an editor. */
const SOURCE = `
import { Editor, Node } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Code } from '@tiptap/extension-code';
import { CodeBlock } from '@tiptap/extension-code-block';
import { Heading } from '@tiptap/extension-heading';
import { Italic } from '@tiptap/extension-italic';
import { BulletList, ListItem, OrderedList } from '@tiptap/extension-list';
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';
import { UndoRedo } from '@tiptap/extensions';
import { readDocument } from '@ainotebook/text/document';

const block = (name, content, tag) =>
  Node.create({ name, content, group: 'block', priority: 1000, parseHTML: () => [{ tag }], renderHTML: () => [tag, 0] });
const atom = (name, attribute) =>
  Node.create({ name, group: 'inline', inline: true, atom: true, addAttributes: () => ({ [attribute]: {} }), renderHTML: ({ node }) => ['span', node.attrs[attribute]] });
const extensions = [
  Node.create({ name: 'doc', topNode: true, content: 'block+' }),
  Node.create({ name: 'text', group: 'inline' }),
  block('paragraph', 'inline*', 'p'),
  atom('wikiLink', 'target'),
  atom('inlineMath', 'latex'),
  Heading, Blockquote, Bold, Italic, Code, CodeBlock, BulletList, OrderedList, ListItem,
  Table, TableRow, TableHeader, TableCell, UndoRedo,
];
window.bare = {
  parse: (text) => ({ type: 'doc', content: readDocument(text).blocks.map(({ node }) => node) }),
  open(content) {
    new Editor({ element: document.body, extensions, content, injectCSS: false });
  },
};
`;

/** The page's script, bundled as the app's is. */
export async function bareScript() {
  const require = createRequire(path.join(web, 'package.json'));
  const { build } = await import(pathToFileURL(require.resolve('vite')).href);
  const result = await build({
    configFile: false,
    root: web,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'bare',
        resolveId(id, importer) {
          if (id.endsWith(ENTRY)) return ENTRY;
          // What the app stands on.
          return importer === ENTRY ? this.resolve(id, path.join(web, 'src/main.tsx')) : null;
        },
        load: (id) => (id === ENTRY ? SOURCE : null),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: { input: ENTRY, output: { format: 'iife' } },
    },
  });
  const [{ output }] = [result].flat();
  return output[0].code;
}
