import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSource } from '@ainotebook/convert/read';

/** A Chromium of this machine; undefined where there is none, and what needs it is skipped. */
export const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((file) => file !== undefined && existsSync(file));

/** The text of a PDF, as an import reads it. */
export async function pdfText(pdf: Buffer): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-text-'));
  try {
    const file = path.join(folder, 'a.pdf');
    writeFileSync(file, pdf);
    const limits = { at: 0, items: 100, length: 1_000_000 };
    const { items } = await readSource({ file, folder, name: 'a.pdf' }, limits);
    return items.map((item) => (item.kind === 'note' ? item.markdown : item.reason)).join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
