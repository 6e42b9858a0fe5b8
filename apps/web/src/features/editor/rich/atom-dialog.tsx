import { m } from '@ainotebook/messages';
import type { Editor } from '@tiptap/core';
import { getMarkRange } from '@tiptap/core';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../ui/button.js';
import { Dialog } from '../../../ui/dialog.js';
import { TextAreaField, TextField } from '../../../ui/field.js';

/** What is edited: the node at a place, or the link at the selection. */
export type AtomTarget =
  | { kind: 'atom'; pos: number }
  | { kind: 'new'; type: string }
  | { kind: 'link' };

interface FieldOf {
  name: string;
  label: string;
  hint?: string;
  isLong?: boolean;
  /** May be left empty; then the attribute is null. */
  isOptional?: boolean;
}

interface Form {
  title: string;
  fields: FieldOf[];
  values: Record<string, string>;
  save: (values: Record<string, string>) => void;
  remove: (() => void) | null;
}

interface AtomDialogProps {
  editor: Editor;
  target: AtomTarget;
  onClose: () => void;
}

/** Edits what stands behind a formula, a picture, a link or a piece of source. */
export function AtomDialog({ editor, target, onClose }: AtomDialogProps) {
  const [form] = useState(() =>
    target.kind === 'link' ? linkForm(editor) : atomForm(editor, target),
  );
  const [values, setValues] = useState(form?.values ?? {});
  if (!form) return null;
  const end = (work: () => void) => {
    work();
    onClose();
    // The dialog gives the focus back first.
    requestAnimationFrame(() => editor.commands.focus());
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    end(() => form.save(values));
  };
  return (
    <Dialog isOpen onClose={onClose} title={form.title} size="sm">
      <form onSubmit={submit} className="grid gap-4">
        {form.fields.map(({ name, label, hint, isLong, isOptional }) => {
          const shared = {
            label,
            hint,
            required: !isOptional,
            value: values[name] ?? '',
            spellCheck: false,
            onChange: (event: { target: { value: string } }) =>
              setValues({ ...values, [name]: event.target.value }),
          };
          return isLong ? (
            <TextAreaField key={name} {...shared} rows={4} className="font-mono text-sm" />
          ) : (
            <TextField key={name} {...shared} />
          );
        })}
        <div className="flex justify-end gap-2">
          {form.remove && (
            <Button variant="ghost" onClick={() => end(() => form.remove?.())}>
              {m.atom_remove()}
            </Button>
          )}
          <Button type="submit" variant="primary">
            {m.common_save()}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const FORMS: Record<string, () => { title: string; fields: FieldOf[] }> = {
  inlineMath: formulaForm,
  mathBlock: formulaForm,
  rawInline: () => ({
    title: m.atom_raw(),
    fields: [{ name: 'source', label: m.atom_raw(), isLong: true }],
  }),
  image: () => ({
    title: m.atom_image(),
    fields: [
      { name: 'src', label: m.atom_image_address() },
      { name: 'alt', label: m.atom_image_alt(), hint: m.atom_image_alt_hint(), isOptional: true },
    ],
  }),
  wikiLink: () => ({
    title: m.atom_wiki(),
    fields: [
      { name: 'target', label: m.atom_wiki_target() },
      { name: 'alias', label: m.atom_wiki_alias(), isOptional: true },
    ],
  }),
  footnoteReference: () => ({
    title: m.atom_footnote(),
    fields: [{ name: 'label', label: m.atom_footnote_label() }],
  }),
};

function formulaForm() {
  const hint = m.atom_formula_hint();
  return {
    title: m.atom_formula(),
    fields: [{ name: 'latex', label: m.atom_formula(), hint, isLong: true }],
  };
}

function atomForm(editor: Editor, target: Exclude<AtomTarget, { kind: 'link' }>): Form | null {
  const { schema, doc } = editor.state;
  const pos = target.kind === 'atom' ? target.pos : null;
  const node =
    target.kind === 'atom' ? doc.nodeAt(target.pos) : schema.nodes[target.type]?.create();
  const form = node && FORMS[node.type.name]?.();
  if (!node || !form) return null;
  const { fields } = form;
  const attrsOf = (values: Record<string, string>) => {
    const attrs = { ...node.attrs };
    for (const { name } of fields) {
      const value = cleaned(node.type.name, values[name] ?? '');
      const isNone = value === '' && node.type.spec.attrs?.[name]?.default === null;
      attrs[name] = isNone ? null : value;
    }
    return attrs;
  };
  return {
    ...form,
    values: Object.fromEntries(fields.map(({ name }) => [name, String(node.attrs[name] ?? '')])),
    save(values) {
      const attrs = attrsOf(values);
      if (pos === null) editor.commands.insertContent({ type: node.type.name, attrs });
      else editor.view.dispatch(editor.state.tr.setNodeMarkup(pos, null, attrs, node.marks));
    },
    remove:
      pos === null
        ? null
        : () => editor.view.dispatch(editor.state.tr.delete(pos, pos + node.nodeSize)),
  };
}

/** What would end the construct it stands in is left out. */
function cleaned(type: string, value: string): string {
  if (type === 'wikiLink') return value.replace(/[[\]|\n]/g, ' ').trim();
  if (type === 'footnoteReference') return value.replace(/[[\]\s]/g, '');
  return value.trim();
}

function linkForm(editor: Editor): Form {
  const { selection, schema, doc } = editor.state;
  const mark = schema.marks.link;
  const range = mark && getMarkRange(selection.$from, mark);
  const { from, to } = range ?? selection;
  const text = doc.textBetween(from, to, ' ');
  const fields: FieldOf[] = [{ name: 'href', label: m.atom_link_address() }];
  if (from === to) fields.push({ name: 'text', label: m.atom_link_text(), isOptional: true });
  const href = String(editor.getAttributes('link').href ?? '');
  const isAddress = /^(https?:\/\/|mailto:)\S+$/.test(text);
  return {
    title: m.atom_link(),
    fields,
    values: { href: href || (isAddress ? text : ''), text: '' },
    save(values) {
      const address = addressOf(values.href ?? '');
      const chain = editor.chain().setTextSelection({ from, to });
      if (from < to) chain.setMark('link', { href: address }).run();
      else {
        const words = values.text?.trim() || address;
        const marks = [{ type: 'link', attrs: { href: address } }];
        chain.insertContent({ type: 'text', text: words, marks }).run();
      }
    },
    remove: range ? () => editor.chain().setTextSelection(range).unsetMark('link').run() : null,
  };
}

/** `example.org` is meant as a web address; what leads to our own pages stays as it is. */
function addressOf(value: string): string {
  const address = value.trim();
  return /^([a-z][a-z\d+.-]*:|[/#])/i.test(address) ? address : `https://${address}`;
}
