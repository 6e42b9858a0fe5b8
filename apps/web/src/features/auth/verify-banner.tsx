import { m } from '@ainotebook/messages';
import { MailWarning, X } from 'lucide-react';
import { useState } from 'react';
import { useUser } from '../../app-context.js';
import { trpc } from '../../trpc.js';
import { Button, IconButton } from '../../ui/button.js';
import { useSendVerification } from './use-send-verification.js';

/** Asks a user to prove the address, until it is done or put off for this visit. */
export function VerifyBanner() {
  const { email, isEmailVerified } = useUser();
  const { data: info } = trpc.system.info.useQuery(undefined, { enabled: !isEmailVerified });
  const send = useSendVerification();
  const [isPutOff, setIsPutOff] = useState(false);
  if (isEmailVerified || isPutOff || !info?.hasMail) return null;
  return (
    <div className="flex items-center gap-3 border-b border-line bg-accent-soft py-1 ps-4 pe-2 text-[0.8125rem] text-accent-strong">
      <MailWarning aria-hidden className="size-4 shrink-0 max-sm:hidden" />
      <p role="status" className="min-w-0 flex-1 py-1">
        {send.isSuccess ? m.verify_sent({ email }) : m.verify_banner()}
      </p>
      {!send.isSuccess && (
        <Button size="sm" isBusy={send.isPending} onClick={() => send.mutate()}>
          {m.verify_send()}
        </Button>
      )}
      <IconButton label={m.common_close()} onClick={() => setIsPutOff(true)}>
        <X />
      </IconButton>
    </div>
  );
}
