import {
  type DocumentNode,
  readDocument,
  type SourceBlock,
  writeDocument,
} from '@ainotebook/text/document';
import type { Node, Schema } from '@tiptap/pm/model';

/** What a block was read from, as long as it stays the very node that was read. */
interface Origin extends SourceBlock {
  before: Node | null;
  after: Node | null;
}

/** A block of the document that says something. */
export interface Place {
  node: Node;
  from: number;
  to: number;
}

/**
 * Keeps a document and its Markdown together. Blocks nobody touched keep their source and the space
 * between them character by character; the others are written in the normal form, each once.
 */
export class MarkdownMirror {
  #origins = new WeakMap<Node, Origin>();
  readonly #written = new WeakMap<Node, string>();
  readonly #standing = new WeakMap<Node, boolean>();
  #lead = '';
  #tail = '';
  #last: { markdown: string; lead: string; blocks: SourceBlock[] } | null = null;

  constructor(private readonly schema: Schema) {}

  /** The document of a text, as JSON; once it is made, `attach` it. */
  json(markdown: string): { type: 'doc'; content: DocumentNode[] } {
    const nodes = this.#parse(markdown).blocks.map(({ node }) => node);
    return { type: 'doc', content: nodes.length > 0 ? nodes : [{ type: 'paragraph' }] };
  }

  /** The document of a text; its blocks remember their source. */
  read(markdown: string): Node {
    const doc = this.schema.nodeFromJSON(this.json(markdown));
    this.attach(doc, markdown);
    return doc;
  }

  /** Notes that the blocks that say something are those of this text, in their order. */
  attach(doc: Node, markdown: string): void {
    const { lead, blocks } = this.#parse(markdown);
    const nodes = this.places(doc).map(({ node }) => node);
    if (nodes.length === blocks.length) this.#remember(nodes, blocks, lead);
  }

  #parse(markdown: string): { lead: string; blocks: SourceBlock[] } {
    if (this.#last?.markdown !== markdown) this.#last = { markdown, ...readDocument(markdown) };
    return this.#last;
  }

  #remember(nodes: readonly Node[], blocks: readonly SourceBlock[], lead: string): void {
    this.#origins = new WeakMap();
    this.#lead = lead;
    this.#tail = blocks.at(-1)?.gap ?? '';
    nodes.forEach((node, i) => {
      const block = blocks[i];
      const [before, after] = [nodes[i - 1] ?? null, nodes[i + 1] ?? null];
      if (block) this.#origins.set(node, { ...block, before, after });
    });
  }

  /** The blocks that Markdown has something for: all but empty paragraphs. */
  places(doc: Node): Place[] {
    const places: Place[] = [];
    doc.forEach((node, offset) => {
      if (this.#origins.has(node) || saysSomething(node)) {
        places.push({ node, from: offset, to: offset + node.nodeSize });
      }
    });
    return places;
  }

  /** A block in the normal form, alone. */
  written(node: Node): string {
    let text = this.#written.get(node);
    if (text === undefined) {
      text = writeDocument([node.toJSON() as DocumentNode], true);
      this.#written.set(node, text);
    }
    return text;
  }

  /** The source of a block nobody touched; else its normal form. */
  textOf(node: Node): string {
    return this.#origins.get(node)?.source ?? this.written(node);
  }

  /** The Markdown of a document. */
  write(doc: Node): string {
    const nodes = this.places(doc).map(({ node }) => node);
    if (nodes.length === 0) return this.#last?.blocks.length === 0 ? this.#lead : '';
    const kept = this.#kept(nodes);
    let out = '';
    for (let i = 0; i < nodes.length; ) {
      const node = nodes[i];
      if (!node) break;
      const origin = kept[i] ? this.#origins.get(node) : undefined;
      if (i === 0 && origin?.before === null) out = this.#lead;
      let end = i + 1;
      while (!origin && !kept[end] && isWrittenWith(nodes[end - 1], nodes[end])) end += 1;
      out += origin?.source ?? this.#writeRun(nodes.slice(i, end), i === 0);
      if (end < nodes.length) {
        const isAsRead = origin && kept[end] && origin.after === nodes[end];
        out += isAsRead ? origin.gap : '\n\n';
      } else {
        const isLast = origin && origin.after === null;
        out += isLast ? origin.gap : this.#tail.includes('\n') ? '\n' : '';
      }
      i = end;
    }
    return out;
  }

  #writeRun(nodes: readonly Node[], isFirst: boolean): string {
    const [node] = nodes;
    if (nodes.length === 1 && node && (isFirst || node.type.name !== 'rawBlock')) {
      return this.written(node);
    }
    return writeDocument(
      nodes.map((one) => one.toJSON() as DocumentNode),
      isFirst,
    );
  }

  /** Which blocks can be written as they were read, beside the neighbours they have now. */
  #kept(nodes: readonly Node[]): boolean[] {
    const kept = nodes.map((node) => this.#origins.has(node));
    const check = (i: number) => {
      const node = nodes[i];
      const origin = node && kept[i] ? this.#origins.get(node) : undefined;
      if (!node || !origin) return;
      const [before, after] = [nodes[i - 1] ?? null, nodes[i + 1] ?? null];
      const isSame = (one: Node | null, other: Node | null, at: number) =>
        one === other && (one === null || kept[at] === true);
      if (isSame(before, origin.before, i - 1) && isSame(after, origin.after, i + 1)) return;
      const clings = isWrittenWith(nodes[i - 1], node) || isWrittenWith(node, nodes[i + 1]);
      if (!clings && this.#standsAlone(node, origin)) return;
      kept[i] = false;
      check(i - 1);
      check(i + 1);
    };
    for (let i = 0; i < nodes.length; i += 1) check(i);
    return kept;
  }

  /** Whether a source says the same between other blocks. */
  #standsAlone(node: Node, { source, node: read }: Origin): boolean {
    let stands = this.#standing.get(node);
    if (stands === undefined) {
      const { blocks } = readDocument(`x\n\n${source}\n\nx`);
      const [, middle] = blocks;
      stands = blocks.length === 3 && JSON.stringify(middle?.node) === JSON.stringify(read);
      this.#standing.set(node, stands);
    }
    return stands;
  }
}

function saysSomething(node: Node): boolean {
  const { name } = node.type;
  if (name === 'rawBlock') return node.textContent.trim() !== '';
  if (name !== 'paragraph') return true;
  return node.children.some(({ text, marks, type }) =>
    text === undefined
      ? type.name !== 'hardBreak'
      : /[^ \t]/.test(text) || marks.some((mark) => mark.type.name === 'code'),
  );
}

/** Lists that follow each other are told apart by their signs; a tag after a definition by no empty line. */
const isWrittenWith = (node: Node | undefined, next: Node | undefined): boolean =>
  node !== undefined &&
  next !== undefined &&
  ((isList(node) && isList(next)) ||
    (node.type.name === 'rawBlock' && next.type.name === 'paragraph'));

const isList = (node: Node): boolean => /List$/.test(node.type.name);
