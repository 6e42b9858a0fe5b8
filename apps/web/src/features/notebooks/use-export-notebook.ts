import { m } from '@ainotebook/messages';
import { useNavigate } from '@tanstack/react-router';
import { errorInfo } from '../../lib/errors.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { toast } from '../../ui/toast.js';

/** Has the server pack a notebook, and says where it will be. */
export function useExportNotebook(): (notebookId: string) => void {
  const utils = trpc.useUtils();
  const navigate = useNavigate();
  const show = {
    label: m.exports_show(),
    onClick: () => void navigate({ to: '/settings/data' }),
  };
  const create = trpc.exports.create.useMutation({
    onSuccess: () => toast.success(m.exports_begun(), { action: show }),
    onError: (error) => {
      if (errorInfo(error).code === 'limit_reached') toast(m.exports_busy(), { action: show });
      else toastError(error);
    },
    onSettled: () => utils.exports.invalidate(),
  });
  return (notebookId) => create.mutate({ kind: 'notebook', notebookId });
}
