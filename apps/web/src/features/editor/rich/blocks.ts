import { m } from '@ainotebook/messages';
import { mergeAttributes, Node } from '@tiptap/core';
import { CodeBlock } from '@tiptap/extension-code-block';
import { ListItem } from '@tiptap/extension-list';

export const calloutWord = (kind: unknown): string => {
  switch (kind) {
    case 'tip':
      return m.callout_tip();
    case 'important':
      return m.callout_important();
    case 'warning':
      return m.callout_warning();
    case 'caution':
      return m.callout_caution();
    default:
      return m.callout_note();
  }
};

/** A quote with a kind and a title; an empty title shows the kind's word. */
export const Callout = Node.create({
  name: 'callout',
  group: 'block',
  content: 'calloutTitle block+',
  defining: true,
  addAttributes: () => ({
    kind: {
      default: 'note',
      parseHTML: (element) => element.getAttribute('data-callout') ?? 'note',
      renderHTML: ({ kind }) => ({ 'data-callout': kind, 'data-word': calloutWord(kind) }),
    },
  }),
  parseHTML: () => [{ tag: 'div[data-callout]' }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'div',
    mergeAttributes({ class: `callout callout-${node.attrs.kind}`, role: 'note' }, HTMLAttributes),
    0,
  ],
});

export const CalloutTitle = Node.create({
  name: 'calloutTitle',
  content: 'inline*',
  defining: true,
  parseHTML: () => [{ tag: 'p.callout-title', priority: 60 }],
  renderHTML: () => ['p', { class: 'callout-title' }, 0],
  addKeyboardShortcuts() {
    return {
      // On into the body instead of a second title.
      Enter: ({ editor }) => {
        const { $from } = editor.state.selection;
        if ($from.parent.type.name !== this.name) return false;
        return editor.commands.setTextSelection($from.after() + 1);
      },
    };
  },
});

/** What a footnote says. */
export const Footnote = Node.create({
  name: 'footnote',
  group: 'block',
  content: 'block+',
  defining: true,
  addAttributes: () => ({
    label: {
      default: '',
      parseHTML: (element) => element.getAttribute('data-footnote') ?? '',
      renderHTML: ({ label }) => ({ 'data-footnote': label }),
    },
  }),
  parseHTML: () => [{ tag: 'div[data-footnote]' }],
  renderHTML: ({ HTMLAttributes }) => [
    'div',
    mergeAttributes({ class: 'footnote' }, HTMLAttributes),
    0,
  ],
});

/** Markdown that the editor has no node for, edited as its source. */
export const RawBlock = Node.create({
  name: 'rawBlock',
  group: 'block',
  content: 'text*',
  marks: '',
  code: true,
  defining: true,
  parseHTML: () => [{ tag: 'pre[data-raw]', preserveWhitespace: 'full', priority: 60 }],
  renderHTML: () => ['pre', { 'data-raw': '', 'data-word': m.editor_raw() }, 0],
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) =>
        editor.state.selection.$from.parent.type.name === this.name &&
        editor.commands.insertContent('\n', { parseOptions: { preserveWhitespace: 'full' } }),
    };
  },
});

/** Code with a language, chosen in its corner. */
export const Code = CodeBlock.extend({
  addAttributes() {
    return {
      ...this.parent?.(),
      meta: { default: null, rendered: false },
    };
  },
  addNodeView:
    () =>
    ({ node, editor, getPos }) => {
      const dom = document.createElement('div');
      dom.className = 'code-block';
      const input = document.createElement('input');
      input.className = 'code-language';
      input.spellcheck = false;
      input.setAttribute('aria-label', m.code_language());
      input.placeholder = m.code_plain();
      input.setAttribute('list', 'code-languages');
      const pre = document.createElement('pre');
      const contentDOM = document.createElement('code');
      pre.append(contentDOM);
      dom.append(input, pre);
      const show = (language: unknown) => {
        input.value = typeof language === 'string' ? language : '';
        input.size = Math.max(6, input.value.length + 1);
      };
      show(node.attrs.language);
      input.addEventListener('change', () => {
        const pos = getPos();
        if (pos === undefined || !editor.isEditable) return show(node.attrs.language);
        // One word: the rest of a fence's line is something else.
        const language = input.value.trim().replace(/[\s`]+/g, '-') || null;
        editor.view.dispatch(editor.state.tr.setNodeAttribute(pos, 'language', language));
      });
      input.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault();
        editor.commands.focus((getPos() ?? 0) + 1);
      });
      return {
        dom,
        contentDOM,
        update(next) {
          if (next.type !== node.type) return false;
          if (document.activeElement !== input) show(next.attrs.language);
          input.disabled = !editor.isEditable;
          return true;
        },
        stopEvent: ({ target }) => target === input,
        ignoreMutation: (mutation) =>
          mutation.type !== 'selection' && !contentDOM.contains(mutation.target),
      };
    },
});

/** An item, or a task where `checked` is not null. */
export const Item = ListItem.extend({
  addAttributes: () => ({
    checked: {
      default: null,
      parseHTML: (element) => {
        const box = element.querySelector<HTMLInputElement>(':scope > input, :scope > p > input');
        const kept = element.getAttribute('data-checked');
        if (kept !== null) return kept === 'true';
        return box?.type === 'checkbox' ? box.checked : null;
      },
      renderHTML: ({ checked }) => (checked === null ? {} : { 'data-checked': String(checked) }),
    },
    spread: { default: false, rendered: false },
  }),
  addNodeView:
    () =>
    ({ node, editor, getPos }) => {
      const dom = document.createElement('li');
      const contentDOM = document.createElement('div');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.contentEditable = 'false';
      box.setAttribute('aria-label', m.task_done());
      dom.append(contentDOM);
      const show = (checked: unknown) => {
        dom.classList.toggle('is-task', checked !== null);
        dom.classList.toggle('is-done', checked === true);
        box.checked = checked === true;
        box.disabled = !editor.isEditable;
        if (checked === null) box.remove();
        else if (!box.isConnected) dom.prepend(box);
      };
      show(node.attrs.checked);
      // The selection in the text stays where it is.
      box.addEventListener('mousedown', (event) => event.preventDefault());
      box.addEventListener('change', () => {
        const pos = getPos();
        if (pos === undefined) return;
        editor.view.dispatch(editor.state.tr.setNodeAttribute(pos, 'checked', box.checked));
      });
      return {
        dom,
        contentDOM,
        update(next) {
          if (next.type !== node.type) return false;
          show(next.attrs.checked);
          return true;
        },
        stopEvent: ({ target }) => target === box,
        ignoreMutation: (mutation) =>
          mutation.type !== 'selection' && !contentDOM.contains(mutation.target),
      };
    },
  addKeyboardShortcuts() {
    const { name } = this;
    return {
      ...this.parent?.(),
      Enter: ({ editor }) => {
        // The task after a done one is to be done.
        const { checked } = editor.getAttributes(name);
        return editor.commands.splitListItem(
          name,
          typeof checked === 'boolean' ? { checked: false } : {},
        );
      },
    };
  },
});
