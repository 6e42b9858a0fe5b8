import type { Webhook } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { SecretField } from '../../ui/secret-field.js';

interface WebhookSecretProps {
  title: string;
  secret: string;
  onClose: () => void;
}

/** The secret of a webhook, and what it is for. */
export function WebhookSecret({ title, secret, onClose }: WebhookSecretProps) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={m.webhooks_secret_once()}
      footer={
        <Button variant="primary" onClick={onClose}>
          {m.keys_done()}
        </Button>
      }
    >
      <SecretField
        label={m.webhooks_secret()}
        secret={secret}
        copyLabel={m.keys_copy()}
        copiedText={m.webhooks_secret_copied()}
      />
      <p className="mt-4 text-[0.8125rem] text-ink-3">{m.webhooks_secret_usage()}</p>
      <pre className="mt-1.5 rounded-lg bg-paper-3 px-3 py-2.5 font-mono text-xs leading-5 break-words whitespace-pre-wrap">
        {`import { verifyWebhook } from '@ainotebook/sdk/webhooks';

const event = await verifyWebhook(
  await request.text(),
  request.headers,
  secret,
);`}
      </pre>
    </Dialog>
  );
}

/** Asks before it replaces the secret, then shows the new one. */
export function RotateDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const utils = trpc.useUtils();
  const rotate = trpc.webhooks.rotateSecret.useMutation({
    onError: toastError,
    onSettled: () => utils.webhooks.list.invalidate(),
  });
  if (rotate.data) {
    const { secret } = rotate.data;
    return <WebhookSecret title={m.webhooks_rotated()} secret={secret} onClose={onClose} />;
  }
  return (
    <ConfirmDialog
      onClose={onClose}
      title={m.webhooks_rotate()}
      description={m.webhooks_rotate_text()}
      confirmLabel={m.webhooks_rotate()}
      variant="primary"
      isBusy={rotate.isPending}
      onConfirm={() => rotate.mutate({ id: webhook.id })}
    />
  );
}
