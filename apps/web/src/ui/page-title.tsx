import { type ReactNode, useEffect, useRef } from 'react';

/** The one h1 of a screen. It takes the focus on navigation and names the tab. */
export function PageTitle({
  title,
  children,
  className,
}: {
  title: string;
  children?: ReactNode;
  className?: string;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · AI-NoteBook`;
  }, [title]);
  useEffect(() => {
    // A field that asked for the focus keeps it.
    const isTyping = document.activeElement?.matches('input, textarea, [contenteditable="true"]');
    if (!isTyping) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children ?? title}
    </h1>
  );
}
