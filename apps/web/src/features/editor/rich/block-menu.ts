import type { AssistAction } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import type { Editor } from '@tiptap/core';
import { askAssist } from '../assist/ask-assist.js';
import { act } from './actions.js';
import { calloutWord } from './blocks.js';
import { addFootnote, askFor } from './inserts.js';

/** One thing that `/` offers. */
export interface BlockChoice {
  id: string;
  label: string;
  run: (editor: Editor) => void;
  /** Offered where the server can do this. */
  needs?: AssistAction;
}

/** Pinyin, initials and English names by which a choice is found besides its label. */
const WORDS: Record<string, string> = {
  assist: 'ai bangxie bx xie assist write ask',
  continue: 'ai xuxie xx jiezhe jz continue',
  outline: 'ai dagang dg outline',
  summarise: 'ai zongjie zj zhaiyao zy summary summarise',
  heading1: 'biaoti bt yiji h1 heading title',
  heading2: 'biaoti bt erji h2 heading',
  heading3: 'biaoti bt sanji h3 heading',
  list: 'liebiao lb wuxu wx bullet list ul',
  ordered: 'bianhao bh youxu yx liebiao lb numbered ordered list ol',
  task: 'renwu rw daiban db qingdan qd task todo checklist',
  quote: 'yinyong yy quote',
  code: 'daima dm code',
  table: 'biaoge bg table',
  note: 'shuoming sm tishikuang tsk callout note info',
  tip: 'tishi ts tishikuang tsk callout tip',
  important: 'zhongyao zy callout important',
  warning: 'zhuyi zy jinggao jg callout warning',
  caution: 'dangxin dx callout caution danger',
  formula: 'gongshi gs shuxue sx formula math latex tex',
  rule: 'fengexian fgx hengxian hx divider rule line hr',
  upload: 'shangchuan sc tupian tp wenjian wj fujian fj upload image picture photo file',
  image: 'tupian tp image picture photo',
  link: 'biji bj lianjie lj shuanglian sl link note wiki',
  footnote: 'jiaozhu jz footnote',
  today: 'riqi rq jintian jt date today',
};

const insert = (editor: Editor, content: string | { type: string }) =>
  void editor.chain().focus().insertContent(content).run();

const ASSIST = {
  continue: m.block_assist_continue,
  outline: m.block_assist_outline,
  summarise: m.block_assist_summarise,
};

const choices = (): BlockChoice[] => [
  { id: 'heading1', label: m.tool_heading({ level: 1 }), run: (e) => act(e, 'heading1') },
  { id: 'heading2', label: m.tool_heading({ level: 2 }), run: (e) => act(e, 'heading2') },
  { id: 'heading3', label: m.tool_heading({ level: 3 }), run: (e) => act(e, 'heading3') },
  { id: 'list', label: m.tool_list(), run: (e) => act(e, 'list') },
  { id: 'ordered', label: m.tool_ordered(), run: (e) => act(e, 'ordered') },
  { id: 'task', label: m.tool_task(), run: (e) => act(e, 'task') },
  { id: 'quote', label: m.tool_quote(), run: (e) => act(e, 'quote') },
  { id: 'code', label: m.tool_code(), run: (e) => act(e, 'code') },
  { id: 'table', label: m.tool_table(), run: (e) => act(e, 'table') },
  ...(['note', 'tip', 'important', 'warning', 'caution'] as const).map((kind) => ({
    id: kind,
    label: m.block_callout({ kind: calloutWord(kind) }),
    run: (editor: Editor) => {
      const content = [{ type: 'calloutTitle' }, { type: 'paragraph' }];
      const at = editor.state.selection.$from.start();
      editor
        .chain()
        .focus()
        .insertContent({ type: 'callout', attrs: { kind }, content })
        .setTextSelection(at + 3)
        .run();
    },
  })),
  { id: 'formula', label: m.atom_formula(), run: (e) => askFor(e, 'mathBlock') },
  { id: 'rule', label: m.block_rule(), run: (e) => insert(e, { type: 'horizontalRule' }) },
  { id: 'upload', label: m.upload_pick(), run: (e) => act(e, 'upload') },
  { id: 'image', label: m.atom_image(), run: (e) => askFor(e, 'image') },
  { id: 'link', label: m.atom_wiki(), run: (e) => insert(e, '[[') },
  { id: 'footnote', label: m.atom_footnote(), run: addFootnote },
  {
    id: 'today',
    label: m.block_today(),
    run: (e) => insert(e, today()),
  },
  // Last: they come once the server has said what it can do.
  { id: 'assist', label: m.block_assist(), run: (e) => act(e, 'assist'), needs: 'custom' },
  ...(['continue', 'outline', 'summarise'] as const).map((action) => ({
    id: action,
    label: ASSIST[action](),
    run: (editor: Editor) => void askAssist(editor.view.dom, action),
    needs: action,
  })),
];

function today(): string {
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/**
 * What `/` offers for a query: by label, pinyin, initials or English; the best first.
 * @param can what the server can do for who writes
 */
export function blockChoices(query: string, can: readonly AssistAction[] = []): BlockChoice[] {
  const wanted = query.normalize('NFKC').toLowerCase();
  const all = choices().filter(({ needs }) => needs === undefined || can.includes(needs));
  if (wanted === '') return all;
  const scored = all.flatMap((choice) => {
    const label = choice.label.toLowerCase();
    const words = (WORDS[choice.id] ?? '').split(' ');
    if (label.startsWith(wanted) || words.includes(wanted)) return [{ choice, score: 0 }];
    if (words.some((word) => word.startsWith(wanted))) return [{ choice, score: 1 }];
    return label.includes(wanted) ? [{ choice, score: 2 }] : [];
  });
  return scored.sort((a, b) => a.score - b.score).map(({ choice }) => choice);
}
