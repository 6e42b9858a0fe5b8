import type {
  AiDeclaration,
  ImportProgram,
  ImportRejection,
  ImportWarning,
} from '@ainotebook/contract';

/** A place in the Markdown of an item that names a note or a file of the same source. */
export interface LinkPlace {
  /** `[start, end)` in UTF-16 units: what is replaced. */
  start: number;
  end: number;
  /** How it is written, and so what it is replaced by. */
  form: 'link' | 'image' | 'wiki' | 'embed' | 'definition' | 'html';
  /** Path or name as it is meant: decoded, without query and fragment; of a picture on the web its address. */
  target: string;
  /** Its words: source of Markdown for `link`, alternative text for the others. */
  label: string;
  /** Of Markdown links and pictures; empty without. */
  title: string;
}

/** A note of a source. */
export interface ReadNote {
  kind: 'note';
  /** Where it stands in the source; names it there. */
  path: string;
  title: string;
  markdown: string;
  /** Names of the notebooks around it, from the outside in. */
  notebooks: string[];
  tags: string[];
  /** Null where the source does not say. */
  createdAt: Date | null;
  updatedAt: Date | null;
  links: LinkPlace[];
  warnings: ImportWarning[];
  /** How much of it an AI wrote, where the source says so. */
  ai: AiDeclaration | null;
  /** What an archive of ours says besides; its id names the note in the archive. */
  archived?: { id: string; isPinned: boolean; isArchived: boolean };
}

/** What of a source is not taken. */
export interface ReadRejection {
  kind: 'rejected';
  path: string;
  reason: ImportRejection;
  /** The name of an error that nobody foresaw. */
  error?: string;
}

export type ReadItem = ReadNote | ReadRejection;

/** Where a source is and what is known of it besides its bytes. */
export interface Source {
  /** On this machine. */
  file: string;
  /** A folder of this machine for what has to be unpacked; whoever owns it clears it of what is old. */
  folder: string;
  /** The name it was uploaded under; of a page, its address. */
  name: string;
  /** Of a page from the web: its address, and the charset of its header. */
  page?: { url: string; charset: string | null };
}

/** A part of a source. */
export interface ReadPart {
  program: ImportProgram;
  /** Items of the whole source. */
  total: number;
  items: ReadItem[];
  /** Where the next part begins; null after the last. */
  next: number | null;
}
