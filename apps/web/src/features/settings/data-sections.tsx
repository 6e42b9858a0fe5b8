import { DataSection } from './data-section.js';
import { DeleteAccountSection } from './delete-account-section.js';
import { ExportsSection } from './exports-section.js';
import { FilesSection } from './files-section.js';

/** What the account has, takes away and leaves behind. */
export function DataSections() {
  return (
    <>
      <DataSection />
      <ExportsSection />
      <FilesSection />
      <DeleteAccountSection />
    </>
  );
}
