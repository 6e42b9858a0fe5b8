import { type CalloutKind, parseMarkdown } from '@ainotebook/text/markdown';
import {
  AlignmentType,
  BorderStyle,
  Document,
  type FileChild,
  HeadingLevel,
  type IParagraphOptions,
  LevelFormat,
  Packer,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from 'docx';
import type { Definition, FootnoteDefinition, List, Table as MdTable, RootContent } from 'mdast';
import { codeStyle, type DocxContext, type DocxPicture, runsOf } from './docx-inline.js';
import type { AiNotice } from './html-document.js';

/** A note to be made a document of Word. */
export interface DocxSource {
  title: string;
  markdown: string;
  /** Origin of the server: its own addresses lead there. */
  origin: string;
  pictures: Readonly<Record<string, DocxPicture>>;
  /** What the callouts are called. */
  callouts: Readonly<Record<CalloutKind, string>>;
  createdAt: Date;
  /** Said at the top where an AI wrote some of it. */
  aiNotice: AiNotice | null;
}

const HEADINGS = [
  HeadingLevel.HEADING_1,
  HeadingLevel.HEADING_2,
  HeadingLevel.HEADING_3,
  HeadingLevel.HEADING_4,
  HeadingLevel.HEADING_5,
  HeadingLevel.HEADING_6,
] as const;
/** Twentieths of a point. */
const INDENT = 420;
const LEVELS = 9;
const FONT = { ascii: 'Calibri', hAnsi: 'Calibri', eastAsia: 'Microsoft YaHei', cs: 'Calibri' };
const LINE = { style: BorderStyle.SINGLE, size: 4, color: 'C8C8C2' } as const;

/** Where a block stands. */
interface Place {
  /** Lists and quotes around it. */
  depth: number;
  isQuote: boolean;
}

/** A note as a DOCX file. What Word has no form for (formulas, wiki links) is there as text. */
export async function writeDocx(source: DocxSource): Promise<Uint8Array> {
  const tree = parseMarkdown(source.markdown);
  const definitions = new Map<string, Definition>();
  const notes = new Map<string, { number: number; node: FootnoteDefinition }>();
  for (const node of tree.children) {
    if (node.type === 'definition') definitions.set(node.identifier, node);
    if (node.type === 'footnoteDefinition' && !notes.has(node.identifier)) {
      notes.set(node.identifier, { number: notes.size + 1, node });
    }
  }
  const blocks = new Blocks(source, {
    definitions,
    origin: source.origin,
    pictures: source.pictures,
    footnote: (identifier) => notes.get(identifier)?.number ?? null,
  });
  const title = source.title.trim();
  const body = blocks.all(tree.children, { depth: 0, isQuote: false });
  const footnotes = [...notes.values()].map(({ number, node }) => [
    number,
    {
      children: blocks
        .all(node.children, { depth: 0, isQuote: false })
        .filter((each) => each instanceof Paragraph),
    },
  ]);
  const document = new Document({
    title,
    creator: '',
    ...(source.aiNotice
      ? { customProperties: [{ name: 'DigitalSourceType', value: source.aiNotice.sourceType }] }
      : {}),
    styles: {
      default: {
        document: {
          run: { font: FONT, size: 22 },
          paragraph: { spacing: { after: 140, line: 320 } },
        },
      },
    },
    numbering: { config: [{ reference: 'numbers', levels: levels() }] },
    footnotes: Object.fromEntries(footnotes),
    sections: [
      {
        children: [
          ...(title
            ? [new Paragraph({ heading: HeadingLevel.TITLE, children: [new TextRun(title)] })]
            : []),
          ...(source.aiNotice
            ? [
                new Paragraph({
                  children: [new TextRun({ text: source.aiNotice.words, color: '5B6069' })],
                }),
              ]
            : []),
          ...body,
        ],
      },
    ],
  });
  return new Uint8Array(await Packer.toBuffer(document));
}

const levels = () =>
  Array.from({ length: LEVELS }, (_, level) => ({
    level,
    format: LevelFormat.DECIMAL,
    text: `%${level + 1}.`,
    alignment: AlignmentType.START,
    style: { paragraph: { indent: { left: INDENT * (level + 1), hanging: 360 } } },
  }));

class Blocks {
  readonly #source: DocxSource;
  readonly #context: DocxContext;
  /** Each list counts from one by itself. */
  #lists = 0;

  constructor(source: DocxSource, context: DocxContext) {
    this.#source = source;
    this.#context = context;
  }

  all(nodes: readonly RootContent[], place: Place): FileChild[] {
    return nodes.flatMap((node) => this.#block(node, place));
  }

  #paragraph(options: IParagraphOptions, { depth, isQuote }: Place): Paragraph {
    return new Paragraph({
      ...(depth > 0 ? { indent: { left: INDENT * depth } } : {}),
      ...(isQuote ? { border: { left: { ...LINE, size: 18, space: 10 } } } : {}),
      ...options,
    });
  }

  #block(node: RootContent, place: Place): FileChild[] {
    const context = this.#context;
    switch (node.type) {
      case 'paragraph':
        return [this.#paragraph({ children: runsOf(node.children, context) }, place)];
      case 'heading': {
        const heading = HEADINGS[node.depth - 1] ?? HeadingLevel.HEADING_6;
        return [this.#paragraph({ heading, children: runsOf(node.children, context) }, place)];
      }
      case 'blockquote':
        return this.all(node.children, { depth: place.depth + 1, isQuote: true });
      case 'callout': {
        const [first, ...rest] = node.children;
        const hasTitle = first?.type === 'calloutTitle';
        const name = this.#source.callouts[node.kind];
        const title = hasTitle ? runsOf(first.children, context, { bold: true }) : [];
        const head = title.length > 0 ? title : [new TextRun({ text: name, bold: true })];
        const inside = { depth: place.depth + 1, isQuote: true };
        const body = hasTitle ? rest : node.children;
        return [
          this.#paragraph({ children: head }, inside),
          ...this.all(body as RootContent[], inside),
        ];
      }
      case 'list':
        return this.#list(node, place);
      case 'code':
        return [this.#code(node.value, place)];
      case 'math':
        return [
          this.#paragraph(
            {
              alignment: AlignmentType.CENTER,
              children: [new TextRun({ text: node.value, font: 'Cambria Math', italics: true })],
            },
            place,
          ),
        ];
      case 'thematicBreak':
        return [this.#paragraph({ border: { bottom: LINE }, children: [] }, place)];
      case 'table':
        return [this.#table(node), this.#paragraph({ children: [] }, place)];
      case 'html': {
        const text = node.value.replace(/<!--[\s\S]*?-->/g, '').trim();
        return text ? [this.#code(text, place)] : [];
      }
      default:
        // Definitions and front matter show nothing of themselves.
        return [];
    }
  }

  #code(value: string, place: Place): Paragraph {
    const children = value
      .split('\n')
      .map((text, line) => new TextRun({ ...codeStyle, text, ...(line > 0 ? { break: 1 } : {}) }));
    const options = { shading: { type: 'clear', fill: 'F2F2EE' }, spacing: { line: 280 } } as const;
    return this.#paragraph({ ...options, children }, place);
  }

  #list(list: List, place: Place): FileChild[] {
    this.#lists += 1;
    const instance = this.#lists;
    const level = Math.min(place.depth, LEVELS - 1);
    const inside = { depth: place.depth + 1, isQuote: place.isQuote };
    return list.children.flatMap((item) => {
      const [first, ...rest] = item.children;
      const isText = first?.type === 'paragraph';
      const isTask = typeof item.checked === 'boolean';
      const box = isTask ? [new TextRun(item.checked ? '☑ ' : '☐ ')] : [];
      const children = [...box, ...(isText ? runsOf(first.children, this.#context) : [])];
      const mark: IParagraphOptions = list.ordered
        ? { numbering: { reference: 'numbers', level, instance } }
        : isTask
          ? { indent: { left: INDENT * inside.depth } }
          : { bullet: { level } };
      return [
        new Paragraph({ ...mark, children, spacing: { after: 60 } }),
        ...this.all(isText ? rest : item.children, inside),
      ];
    });
  }

  #table(table: MdTable): Table {
    const columns = Math.max(1, ...table.children.map(({ children }) => children.length));
    const rows = table.children.map(
      (row, index) =>
        new TableRow({
          tableHeader: index === 0,
          children: Array.from({ length: columns }, (_, column) => {
            const align = table.align?.[column];
            const children = runsOf(
              row.children[column]?.children ?? [],
              this.#context,
              index === 0 ? { bold: true } : {},
            );
            const alignment =
              align === 'center'
                ? AlignmentType.CENTER
                : align === 'right'
                  ? AlignmentType.END
                  : AlignmentType.START;
            return new TableCell({
              ...(index === 0 ? { shading: { type: 'clear', fill: 'F2F2EE' } } : {}),
              children: [
                new Paragraph({ alignment, children, spacing: { before: 40, after: 40 } }),
              ],
            });
          }),
        }),
    );
    return new Table({ rows, width: { size: 100, type: WidthType.PERCENTAGE } });
  }
}
