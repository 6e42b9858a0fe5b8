import type { AppErrorCode } from '@ainotebook/contract';

/** A document that the server has made of a note. */
export interface LoadedDocument {
  blob: Blob;
  /** Pictures that it does not hold. */
  leftOut: number;
}

/** An error code of the server, or `network`: it was not reached, or did not answer as ours. */
export class DocumentRefused extends Error {
  override name = 'DocumentRefused';
  constructor(readonly code: AppErrorCode | 'network') {
    super(`The document was refused: ${code}`);
  }
}

/** Loads a document of a note. @throws DocumentRefused */
export async function loadDocument(address: string): Promise<LoadedDocument> {
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new DocumentRefused((await answer.json()).error.code);
    const leftOut = Number(answer.headers.get('x-pictures-left-out') ?? 0);
    return { blob: await answer.blob(), leftOut };
  } catch (error) {
    // Cut off, or the answer of something else.
    throw error instanceof DocumentRefused ? error : new DocumentRefused('network');
  }
}
