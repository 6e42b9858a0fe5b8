/** What backups are encrypted with: an age key of its own. */
export interface BackupKey {
  /** `age1...`: encrypts. */
  recipient: string;
  /** `AGE-SECRET-KEY-1...`: decrypts; null on a server that must not be able to. */
  identity: string | null;
}

/** Whether a text looks like one of the two halves of an age key. */
export const isBackupKey = (text: string): boolean =>
  /^age1[02-9ac-hj-np-z]{58}$/.test(text) || /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/.test(text);

/** Both halves, where the secret one is given. */
export async function readBackupKey(text: string): Promise<BackupKey> {
  if (text.startsWith('age1')) return { recipient: text, identity: null };
  const { identityToRecipient } = await import('age-encryption');
  return { recipient: await identityToRecipient(text), identity: text };
}
