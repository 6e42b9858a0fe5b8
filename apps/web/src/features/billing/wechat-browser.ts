import type { PlanPeriod } from '@ainotebook/contract';
import { deviceValue, partsOf } from '../../lib/device-value.js';
import { uuidv7 } from '../../lib/uuid.js';

/** WeChat's own browser: it scans no code on its own screen, and opens no other payment page. */
export const isInWechat = (): boolean => /MicroMessenger/i.test(navigator.userAgent);

/** What somebody is about to buy, while the browser is away to be told who pays. */
export interface Buying {
  planId: string;
  period: PlanPeriod;
}

/** With what the browser comes back from WeChat. */
export interface WechatReturn {
  code?: string;
  state?: string;
}

type Leave = Buying & { state: string };

const isPeriod = (value: unknown): value is PlanPeriod =>
  value === 'month' || value === 'year' || value === 'lifetime';

const leave = deviceValue<Leave | null>('wechat-payer', (stored) => {
  const { planId, period, state } = partsOf(stored);
  if (typeof planId !== 'string' || typeof state !== 'string' || !isPeriod(period)) return null;
  return { planId, period, state };
});

/** Goes where WeChat names the payer; it comes back to the plans. */
export function goToBeNamed(payerUrl: string, { planId, period }: Buying): void {
  // WeChat keeps letters and digits only.
  const state = uuidv7().replaceAll('-', '');
  leave.set({ planId, period, state });
  const url = new URL(payerUrl);
  url.searchParams.set('state', state);
  window.location.assign(url);
}

/** What was being bought, with the code that names the payer; null unless this is the way back from `goToBeNamed`. */
export function readReturn({ code, state }: WechatReturn): (Buying & { payerCode: string }) | null {
  const left = leave.get();
  if (!code || !left || left.state !== state) return null;
  return { planId: left.planId, period: left.period, payerCode: code };
}

interface Bridge {
  invoke(
    name: 'getBrandWCPayRequest',
    params: Record<string, string>,
    done: (answer: { err_msg?: string }) => void,
  ): void;
}

declare global {
  interface Window {
    WeixinJSBridge?: Bridge;
  }
}

const BRIDGE_MS = 10_000;

/** WeChat puts its bridge into the page a moment after it has loaded. */
function bridge(): Promise<Bridge | null> {
  return new Promise((resolve) => {
    const found = () => resolve(window.WeixinJSBridge ?? null);
    if (window.WeixinJSBridge) return found();
    document.addEventListener('WeixinJSBridgeReady', found, { once: true });
    setTimeout(found, BRIDGE_MS);
  });
}

/** Lets WeChat take the money. What it says proves nothing: the server is asked. */
export async function payByBridge(
  params: Record<string, string>,
): Promise<'done' | 'cancelled' | 'failed'> {
  const found = await bridge();
  if (!found) return 'failed';
  return new Promise((resolve) => {
    found.invoke('getBrandWCPayRequest', params, ({ err_msg: said = '' }) => {
      if (said.endsWith(':ok')) resolve('done');
      else resolve(said.endsWith(':cancel') ? 'cancelled' : 'failed');
    });
  });
}
