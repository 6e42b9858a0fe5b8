import { m } from '@ainotebook/messages';
import { CircleAlert, CloudOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorInfo, errorText } from '../lib/errors.js';
import { Button } from './button.js';
import { cn } from './cn.js';

interface ErrorBlockProps {
  error: unknown;
  onRetry?: () => void;
  className?: string;
}

/** What went wrong in words, what to do, and the id to tell an administrator. */
export function ErrorBlock({ error, onRetry, className }: ErrorBlockProps) {
  const { code, requestId } = errorInfo(error);
  const Icon = code === 'network' ? CloudOff : CircleAlert;
  return (
    <div
      role="alert"
      className={cn('grid justify-items-center gap-3 px-6 py-10 text-center', className)}
    >
      <Icon aria-hidden className="size-6 text-ink-3" />
      <p className="max-w-sm text-ink-2">{errorText(code)}</p>
      {onRetry && (
        <Button size="sm" onClick={onRetry}>
          {m.common_retry()}
        </Button>
      )}
      {requestId && (
        <p className="font-mono text-xs text-ink-3 select-all">
          {m.common_request_id({ requestId })}
        </p>
      )}
    </div>
  );
}

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** An empty place that says what belongs here and how it gets here. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="grid animate-rise justify-items-center gap-2 px-8 py-12 text-center">
      {icon && <div className="mb-1 text-ink-3 [&_svg]:size-7 [&_svg]:stroke-[1.5]">{icon}</div>}
      <p className="font-medium text-ink">{title}</p>
      {children && <div className="max-w-xs text-sm text-ink-3">{children}</div>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}

/** Grey bars in the shape of text. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('skeleton', className)} />;
}

export function Loading({ children }: { children: ReactNode }) {
  return (
    <div role="status" aria-label={m.common_loading()}>
      {children}
    </div>
  );
}
