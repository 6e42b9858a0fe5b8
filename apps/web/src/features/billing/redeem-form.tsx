import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { toast } from '../../ui/toast.js';

/** Takes a code for the term it stands for. */
export function RedeemForm() {
  const utils = trpc.useUtils();
  const [code, setCode] = useState('');
  const redeem = trpc.billing.redeem.useMutation({
    onSuccess: (plan) => {
      utils.billing.myPlan.setData(undefined, plan);
      void utils.files.usage.invalidate();
      void utils.articles.usage.invalidate();
      setCode('');
      toast.success(m.redeem_done());
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() !== '') redeem.mutate({ code });
  };
  return (
    <form onSubmit={submit} className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <TextField
          label={m.redeem_label()}
          hint={m.redeem_hint()}
          error={redeem.isError ? errorText(errorInfo(redeem.error).code) : null}
          value={code}
          maxLength={60}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
          className="font-mono"
          onChange={(event) => {
            setCode(event.target.value);
            redeem.reset();
          }}
        />
      </div>
      <Button
        type="submit"
        className="mt-6.5 h-10 max-md:h-11"
        disabled={code.trim() === ''}
        isBusy={redeem.isPending}
      >
        {m.redeem_action()}
      </Button>
    </form>
  );
}
