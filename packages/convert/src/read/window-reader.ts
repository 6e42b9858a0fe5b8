import { close, open, read } from 'node:fs';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { RandomAccessReader } from 'yauzl';

const readFrom = promisify(read);

/** Bytes that are read at once. */
const WINDOW = 65_536;

/**
 * A file for yauzl, which asks for its list a few bytes at a time: they are taken from what was read last.
 * Of many small entries one behind the other, so are their heads and often their bytes.
 */
export class WindowReader extends RandomAccessReader {
  readonly #fd: number;
  #window = Buffer.alloc(0);
  /** Where the window stands in the file. */
  #at = 0;

  constructor(fd: number) {
    super();
    this.#fd = fd;
  }

  #find(start: number, end: number): Buffer | null {
    const isInside = start >= this.#at && end <= this.#at + this.#window.length;
    return isInside ? this.#window.subarray(start - this.#at, end - this.#at) : null;
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const known = this.#find(position, position + length);
    if (known) {
      known.copy(target, offset);
      callback(null);
      return;
    }
    const window = Buffer.allocUnsafeSlow(Math.max(WINDOW, length));
    read(this.#fd, window, 0, window.length, position, (error, bytesRead) => {
      if (error) return callback(error);
      if (bytesRead < length) return callback(new Error('The file ends too early'));
      this.#window = window.subarray(0, bytesRead);
      this.#at = position;
      window.copy(target, offset, 0, length);
      callback(null);
    });
  }

  /** Bytes that may be held. Rejects when the file ends before them. */
  async bytesAt(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    if (length === 0) return bytes;
    await new Promise<void>((resolve, reject) => {
      this.read(bytes, 0, length, position, (error) => (error ? reject(error) : resolve()));
    });
    return bytes;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const known = this.#find(start, end);
    if (known) return Readable.from([known]);
    // A stream of `node:fs` closes what it reads when it is destroyed, and this file is not its own.
    return Readable.from(this.#chunks(start, end));
  }

  async *#chunks(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end; ) {
      const chunk = Buffer.allocUnsafe(Math.min(WINDOW, end - at));
      const { bytesRead } = await readFrom(this.#fd, chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw new Error('The file ends too early');
      yield chunk.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  override close(callback: (error: Error | null) => void): void {
    close(this.#fd, callback);
  }
}

/** Opens a file of this machine. */
export const openWindowReader = async (file: string): Promise<WindowReader> =>
  new WindowReader(await promisify(open)(file, 'r'));
