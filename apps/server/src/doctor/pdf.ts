import { AppError } from '@ainotebook/api';
import type { Settings } from '../env.js';
import { createPdfPrinter } from '../pdf/print-pdf.js';
import { type Finding, findingsOf, reasonOf } from './finding.js';

/** Prints a page, as a note would be. */
export async function checkPdf({ env }: Settings): Promise<Finding[]> {
  const { found, ok, fail, off } = findingsOf('pdf');
  const { CHROMIUM_PATH, CHROMIUM_SANDBOX } = env;
  if (CHROMIUM_PATH === undefined) {
    off('CHROMIUM_PATH is not set: the browser of whoever exports makes PDFs.');
    return found;
  }
  const printer = createPdfPrinter({ path: CHROMIUM_PATH, hasSandbox: CHROMIUM_SANDBOX });
  try {
    await printer.print('<!doctype html><meta charset="utf-8"><p>中文</p>', 'doctor');
    ok('PDFs can be made.');
  } catch (error) {
    const cause = error instanceof AppError && error.cause ? `: ${reasonOf(error.cause)}` : '';
    fail(
      `${reasonOf(error)}${cause}`,
      'Is CHROMIUM_PATH right? As root and in containers Chromium may need CHROMIUM_SANDBOX=false.',
    );
  }
  return found;
}
