/** Addresses of the files of a text in an archive, with the SHA-256 of what is there. */
export type Links = Readonly<Record<string, string>>;

/** A file's address in Markdown: where it stands as an address, not in that of another server. */
const FILE =
  /(?<=^|[\s("'<=\]:])\/api\/files\/([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})/gm;

const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, percent);
}

/**
 * Makes the addresses of files relative to the note, so that any program finds them.
 * @param noteFolder of the note in the archive, with a slash at its end
 * @param find the path in the archive and the SHA-256 of a file, by its id; undefined leaves the address
 */
export function relateAddresses(
  content: string,
  noteFolder: string,
  find: (id: string) => { path: string; sha256: string } | undefined,
): { content: string; links: Links } {
  const up = '../'.repeat(noteFolder.split('/').length - 1);
  const links: Record<string, string> = {};
  const addresses = new Map<string, string>();
  const related = content.replace(FILE, (whole, id: string) => {
    const known = addresses.get(id);
    if (known !== undefined) return known;
    const file = find(id);
    if (!file) return whole;
    let address = up + file.path.split('/').map(encodeSegment).join('/');
    // What the text says already must not be taken for the file when it is read again.
    while (content.includes(address)) address = `./${address}`;
    addresses.set(id, address);
    links[address] = file.sha256;
    return address;
  });
  return { content: related, links };
}

/** Undoes `relateAddresses`. @param addressOf the address of a file now; undefined leaves what is there */
export function restoreAddresses(
  content: string,
  links: Links,
  addressOf: (sha256: string) => string | undefined,
): string {
  const written = Object.keys(links).sort((a, b) => b.length - a.length);
  if (written.length === 0) return content;
  const pattern = written
    .map((address) => address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
  return content.replace(new RegExp(`(?<=^|[\\s("'<=\\]:])(?:${pattern})`, 'gm'), (address) => {
    const sha256 = links[address];
    return (sha256 === undefined ? undefined : addressOf(sha256)) ?? address;
  });
}
