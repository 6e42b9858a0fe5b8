/** The mark: lines on a page and a seal. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect x="2" y="2" width="28" height="28" rx="7" className="fill-accent" />
      <path
        d="M9 10.5h14M9 16h14M9 21.5h8"
        className="stroke-on-accent"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="22" cy="21.5" r="2.4" className="fill-seal" />
    </svg>
  );
}
