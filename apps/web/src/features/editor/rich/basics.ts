import { InputRule, Mark, markPasteRule, Node, nodeInputRule } from '@tiptap/core';

export const Document = Node.create({ name: 'doc', topNode: true, content: 'block+' });

export const Text = Node.create({ name: 'text', group: 'inline' });

export const Paragraph = Node.create({
  name: 'paragraph',
  // The block that containers are filled with.
  priority: 1_000,
  group: 'block',
  content: 'inline*',
  parseHTML: () => [{ tag: 'p' }],
  renderHTML: () => ['p', 0],
});

export const Rule = Node.create({
  name: 'horizontalRule',
  group: 'block',
  parseHTML: () => [{ tag: 'hr' }],
  renderHTML: () => ['hr'],
  addInputRules() {
    return [nodeInputRule({ find: /^(?:---|—-|___\s|\*\*\*\s)$/, type: this.type })];
  },
});

/** The end of a line within a paragraph; a soft one is the end of a line of the source. */
export const HardBreak = Node.create({
  name: 'hardBreak',
  group: 'inline',
  inline: true,
  selectable: false,
  linebreakReplacement: true,
  addAttributes: () => ({ isSoft: { default: false, rendered: false } }),
  parseHTML: () => [{ tag: 'br' }],
  renderHTML: () => ['br'],
  renderText: () => '\n',
  addKeyboardShortcuts() {
    const insert = () =>
      this.editor.commands.first([
        (props) => props.commands.exitCode(),
        (props) => props.chain().insertContent({ type: this.name }).scrollIntoView().run(),
      ]);
    return { 'Shift-Enter': insert };
  },
});

/** Whether a link may lead there: no address that runs a script. */
export const isSafeAddress = (href: string): boolean =>
  // Browsers ignore control characters and spaces before a scheme.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  !/^[\u0000-\u0020]*(?:javascript|vbscript|data):/i.test(href.replace(/[\t\n\r]/g, ''));

const ADDRESS = /(?:^|[\s（(，。、：])(https?:\/\/[^\s<>，。、；：！？（）「」]+)\s$/;

export const Link = Mark.create({
  name: 'link',
  // Outside of bold and the like.
  priority: 1_000,
  inclusive: false,
  addAttributes: () => ({ href: { default: '' }, title: { default: null } }),
  parseHTML: () => [
    {
      tag: 'a[href]',
      getAttrs: (dom) => (isSafeAddress(dom.getAttribute('href') ?? '') ? null : false),
    },
  ],
  renderHTML: ({ mark, HTMLAttributes }) => {
    const href = isSafeAddress(String(mark.attrs.href)) ? mark.attrs.href : '';
    return ['a', { ...HTMLAttributes, href, rel: 'noopener noreferrer nofollow' }, 0];
  },
  addInputRules() {
    return [
      new InputRule({
        find: ADDRESS,
        handler: ({ state, range, match }) => {
          const href = match[1] ?? '';
          const from = range.from + match[0].length - 1 - href.length;
          state.tr.addMark(from, from + href.length, this.type.create({ href }));
          state.tr.insertText(' ', from + href.length);
          state.tr.removeStoredMark(this.type);
        },
      }),
    ];
  },
  addPasteRules() {
    return [
      markPasteRule({
        find: /https?:\/\/[^\s<>，。、；：！？（）「」]+/g,
        type: this.type,
        getAttributes: ([href]) => ({ href }),
      }),
    ];
  },
});
