import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { useApp, useUser } from '../../app-context.js';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { Field, inputClass, TextField } from '../../ui/field.js';
import { toast } from '../../ui/toast.js';

export function ProfileSection() {
  const { session } = useApp();
  const user = useUser();
  const [displayName, setDisplayName] = useState(user.displayName);
  const [handle, setHandle] = useState(user.handle);
  const [bio, setBio] = useState(user.bio);
  const update = trpc.users.update.useMutation({
    onSuccess(next) {
      session.updateUser(next);
      setHandle(next.handle);
      toast.success(m.settings_saved());
    },
  });
  const failure = update.error ? errorInfo(update.error) : null;
  const isHandleWrong =
    failure?.code === 'handle_taken' ||
    failure?.fields.some(({ path }) => path === 'data.handle') === true;
  const isDirty = displayName !== user.displayName || handle !== user.handle || bio !== user.bio;

  function submit(event: FormEvent): void {
    event.preventDefault();
    update.mutate({ data: { displayName, bio, ...(handle === user.handle ? {} : { handle }) } });
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      <TextField
        label={m.auth_name()}
        value={displayName}
        maxLength={LIMITS.displayNameLength}
        autoComplete="name"
        required
        onChange={(event) => setDisplayName(event.target.value)}
      />
      <TextField
        label={m.settings_handle()}
        value={handle}
        maxLength={LIMITS.handleMaxLength}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setHandle(event.target.value.toLowerCase())}
        hint={<span className="font-mono text-xs">/u/{handle}</span>}
        error={
          isHandleWrong
            ? failure?.code === 'handle_taken'
              ? m.error_handle_taken()
              : m.settings_handle_rule()
            : null
        }
      />
      <Field label={m.settings_bio()}>
        {(control) => (
          <textarea
            {...control}
            value={bio}
            rows={3}
            maxLength={LIMITS.bioLength}
            onChange={(event) => setBio(event.target.value)}
            className={`${inputClass} resize-y py-2`}
          />
        )}
      </Field>
      {failure && !isHandleWrong && (
        <p role="alert" className="text-sm text-danger">
          {errorText(failure.code)}
        </p>
      )}
      <div>
        <Button type="submit" variant="primary" isBusy={update.isPending} disabled={!isDirty}>
          {m.common_save()}
        </Button>
      </div>
    </form>
  );
}
