import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { said, word } from './browser.js';
import { button, checkOut, code, dialog, KEEPER, openCheckout } from './checkout-world.js';

const WAIT = { timeout: 30_000 };
const { till, keeper, sellPro, openPage, newBuyer, notify } = openCheckout();
let planId: string;

beforeAll(async () => {
  planId = await sellPro();
});

describe('a code', () => {
  it('is taken as people type it, once; a wrong one stays in its field', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const batch = await keeper('admin.codes.generate', {
      planId,
      period: 'year',
      count: 1,
      expiresAt,
    });
    const { csv } = await keeper('admin.codes.export', { id: batch.id });
    const given: string = csv.split('\r\n')[1].split(',')[0];
    const { page } = await newBuyer('reader');
    await page.goto('/settings/plan');
    const field = page.getByLabel(word('redeem_label'), { exact: true });
    await field.fill('AAAAA-AAAAA-AAAAA-AAAAA');
    await field.press('Enter');
    await page.getByText(word('error_code_invalid')).waitFor(WAIT);
    expect(await field.inputValue()).toBe('AAAAA-AAAAA-AAAAA-AAAAA');
    await field.fill(given.toLowerCase().replaceAll('-', ' '));
    await field.press('Enter');
    await page.getByText(word('redeem_done')).waitFor(WAIT);
    await page.getByRole('main').getByText('专业版').waitFor();
    await page.context().close();
  });
});

describe('the shop', () => {
  it('gives back a part, then the rest, and the buyer sees it', async () => {
    const { page, newest } = await newBuyer('returner');
    await checkOut(page);
    await code(page, 'alipay').waitFor(WAIT);
    const { id, outTradeNo } = await newest();
    till().alipay.pay(outTradeNo);
    await notify(outTradeNo);
    await dialog(page).getByText(word('checkout_paid'), { exact: true }).waitFor(WAIT);

    const admin = await openPage(KEEPER);
    await admin.goto('/admin?tab=orders');
    await admin.getByRole('searchbox').fill(outTradeNo);
    await admin.getByRole('button').filter({ hasText: 'returner@example.org' }).click();
    const sheet = dialog(admin);
    await sheet.getByText(word('shop_event_paid'), { exact: true }).waitFor();
    await sheet.getByText(word('shop_notice_processed'), { exact: true }).click();
    await sheet.getByText(`out_trade_no: ${outTradeNo}`).waitFor();
    await button(admin, word('shop_notice_raw')).click();
    await sheet.getByText(`out_trade_no=${outTradeNo}`).waitFor();
    await button(admin, word('shop_refund')).click();
    await sheet.getByLabel(word('shop_refund_amount'), { exact: true }).fill('2');
    await sheet.getByLabel(word('shop_reason'), { exact: true }).fill('迟到了');
    await button(admin, said('shop_refund_confirm', { amount: '¥2.00' })).click();
    await sheet.getByText(word('order_partially_refunded'), { exact: true }).waitFor(WAIT);
    await button(admin, word('shop_refund')).click();
    await sheet.getByLabel(word('shop_reason'), { exact: true }).fill('不用了');
    await button(admin, said('shop_refund_confirm', { amount: '¥10.00' })).click();
    await sheet.getByText(word('order_refunded'), { exact: true }).waitFor(WAIT);
    await admin.context().close();

    const gone = till().alipay.bill.filter((line) => line.outTradeNo === outTradeNo);
    expect(gone.map(({ kind, amountFen }) => [kind, amountFen])).toEqual([
      ['payment', 1200],
      ['refund', 200],
      ['refund', 1000],
    ]);
    await page.goto(`/orders?id=${id}`);
    await page.getByRole('article').getByText('−¥12.00').waitFor();
    await page.goto('/settings/plan');
    await page.getByText(word('plan_none'), { exact: true }).waitFor();
    await page.context().close();
  });

  it('makes codes, hands them out as a file, and ends them', async () => {
    const admin = await openPage(KEEPER);
    await admin.goto('/admin?tab=codes');
    await admin.getByLabel(word('shop_plan'), { exact: true }).selectOption({ label: '专业版' });
    await admin.getByLabel(word('shop_codes_count'), { exact: true }).fill('3');
    await admin.getByLabel(word('shop_codes_note'), { exact: true }).fill('见面会');
    await button(admin, word('shop_codes_make')).click();
    const row = admin.getByRole('listitem').filter({ hasText: '见面会' });
    const file = admin.waitForEvent('download');
    await row.getByRole('button', { name: word('shop_codes_download') }).click();
    const lines = readFileSync(await (await file).path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines).toHaveLength(4);
    await row.getByRole('button', { name: word('shop_codes_revoke') }).click();
    await dialog(admin)
      .getByRole('button', { name: word('shop_codes_revoke') })
      .click();
    await row.getByText(word('shop_codes_revoked'), { exact: true }).waitFor(WAIT);
    await admin.context().close();
    const { page } = await newBuyer('tardy');
    await page.goto('/settings/plan');
    await page
      .getByLabel(word('redeem_label'), { exact: true })
      .fill(lines[1]?.split(',')[0] ?? '');
    await button(page, word('redeem_action')).click();
    await page.getByText(word('error_code_invalid')).waitFor(WAIT);
    await page.context().close();
  });

  it('grants a plan by hand, with a reason, and takes it back', async () => {
    const { page } = await newBuyer('friend');
    const admin = await openPage(KEEPER);
    await admin.goto('/admin');
    await admin.getByRole('searchbox').fill('friend@example.org');
    await button(admin, said('admin_actions', { name: 'friend' })).click();
    await admin.getByRole('menuitem', { name: word('admin_user_plan') }).click();
    await dialog(admin)
      .getByLabel(word('shop_plan'), { exact: true })
      .selectOption({ label: '专业版' });
    await dialog(admin).getByLabel(word('shop_reason'), { exact: true }).fill('帮忙校对');
    await button(admin, word('shop_grant')).click();
    await dialog(admin).getByText('帮忙校对').waitFor(WAIT);
    await page.goto('/pricing');
    await page.getByText(word('pricing_current')).waitFor();
    await button(admin, word('shop_grant_revoke')).click();
    await button(admin, word('shop_grant_revoke_sure')).click();
    await dialog(admin).getByText(word('shop_grant_revoked'), { exact: true }).waitFor(WAIT);
    await admin.context().close();
    await page.goto('/settings/plan');
    await page.getByText(word('plan_none'), { exact: true }).waitFor();
    await page.context().close();
  });

  it('shows what came in, as a picture and as a table, and that all adds up', async () => {
    const admin = await openPage(KEEPER);
    await admin.goto('/admin?tab=revenue');
    await admin.getByRole('img', { name: word('shop_revenue_chart') }).waitFor();
    const table = admin.getByRole('table', { name: word('shop_revenue_title') });
    expect(await table.getByRole('row').count()).toBe(14);
    await admin.getByText(word('shop_report_none'), { exact: true }).waitFor();
    await admin.context().close();
  });
});
