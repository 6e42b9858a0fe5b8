import type { Receipt as ReceiptData } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { costText } from '../../lib/cost.js';
import { getLocaleOfPage } from '../../lib/locale.js';

/** How an answer came about, in a line that opens. */
export function Receipt({ receipt }: { receipt: ReceiptData }) {
  const { retrieval, model, provider, totalMs, inputTokens, outputTokens } = receipt;
  const number = new Intl.NumberFormat(getLocaleOfPage());
  const seconds = new Intl.NumberFormat(getLocaleOfPage(), {
    style: 'unit',
    unit: 'second',
    maximumFractionDigits: 1,
  });
  const lines: [string, string][] = [];
  if (retrieval) {
    const { candidates, passages } = retrieval;
    const how = retrieval.how === 'hybrid' ? m.chat_how_hybrid() : m.chat_how_lexical();
    lines.push([m.chat_receipt_how(), how]);
    const weighed = Math.max(candidates.words, candidates.vectors);
    lines.push([m.chat_receipt_passages(), m.chat_receipt_used({ passages, weighed })]);
  }
  if (receipt.web) {
    const { engine, found, read } = receipt.web;
    lines.push([m.chat_receipt_how(), m.chat_how_web({ engine })]);
    lines.push([m.chat_receipt_pages(), m.chat_receipt_read({ found, read })]);
  }
  const extractive = receipt.web ? m.chat_extractive_web() : m.chat_extractive();
  if (receipt.isExtractive) lines.push([m.chat_receipt_model(), extractive]);
  else if (model) lines.push([m.chat_receipt_model(), `${provider} · ${model}`]);
  if (inputTokens !== null && outputTokens !== null) {
    const tokens = { input: number.format(inputTokens), output: number.format(outputTokens) };
    lines.push([
      receipt.isEstimated ? m.chat_receipt_tokens_about() : m.chat_receipt_tokens(),
      m.chat_receipt_in_out(tokens),
    ]);
  }
  if (receipt.costMicroYuan !== null) {
    lines.push([m.chat_receipt_cost(), costText(receipt.costMicroYuan)]);
  }
  if (receipt.removedCitations > 0) {
    lines.push([m.chat_receipt_removed(), number.format(receipt.removedCitations)]);
  }
  if (totalMs !== null) lines.push([m.chat_receipt_time(), seconds.format(totalMs / 1000)]);
  return (
    <details className="text-xs">
      <summary className="cursor-pointer rounded px-1.5 py-1 select-none hover:text-ink">
        {receipt.isExtractive ? extractive : m.chat_receipt()}
      </summary>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-lg bg-paper-3 px-3 py-2 text-ink-2">
        {lines.map(([name, value]) => (
          <div key={name} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-ink-3">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
