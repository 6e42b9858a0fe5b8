import { m } from '@ainotebook/messages';
import { toast } from '../ui/toast.js';
import { errorInfo, errorText } from './errors.js';

/** Says what went wrong with something the person just asked for. */
export function toastError(error: unknown): void {
  const { code, requestId } = errorInfo(error);
  const description = requestId ? m.common_request_id({ requestId }) : undefined;
  toast.error(errorText(code), description ? { description } : undefined);
}
