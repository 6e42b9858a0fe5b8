import { KeysSection } from './keys-section.js';
import { WebhooksSection } from './webhooks-section.js';

/** How other programs get in, and how they are told. */
export function ProgramSections() {
  return (
    <>
      <KeysSection />
      <WebhooksSection />
    </>
  );
}
