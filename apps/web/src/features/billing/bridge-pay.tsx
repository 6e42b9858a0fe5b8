import type { Order } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Button } from '../../ui/button.js';
import { toast } from '../../ui/toast.js';
import { payByBridge } from './wechat-browser.js';

interface BridgePayProps {
  order: Order;
  params: Record<string, string>;
  /** The payer says to have paid. */
  onPaid: () => void;
}

/** Orders for which WeChat was opened by itself: once, not with every look at them. */
const opened = new Set<string>();

/** Pays inside WeChat's own browser, which lays its sheet over the page. */
export function BridgePay({ order, params, onPaid }: BridgePayProps) {
  const pay = useMutation({
    mutationFn: () => payByBridge(params),
    networkMode: 'always',
    onSuccess: (said) => {
      if (said === 'done') onPaid();
      if (said === 'failed') toast(m.checkout_bridge_failed());
    },
  });
  const { mutate } = pay;
  useEffect(() => {
    if (opened.has(order.id)) return;
    opened.add(order.id);
    mutate();
  }, [order.id, mutate]);
  return (
    <Button variant="primary" size="lg" isBusy={pay.isPending} onClick={() => pay.mutate()}>
      {m.checkout_bridge()}
    </Button>
  );
}
