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

/** Where an address of `relateAddresses` stands: `[start, end)` in UTF-16 units. */
export interface AddressPlace {
  start: number;
  end: number;
  sha256: string;
}

/** The addresses that `relateAddresses` has written into a text, in their order. */
export function findAddresses(content: string, links: Links): AddressPlace[] {
  // Of two that begin alike the longer one is meant.
  const written = Object.keys(links).sort((a, b) => b.length - a.length);
  if (written.length === 0) return [];
  const pattern = written
    .map((address) => address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
  const places = content.matchAll(new RegExp(`(?<=^|[\\s("'<=\\]:])(?:${pattern})`, 'gm'));
  return [...places].flatMap(({ 0: address, index }) => {
    const sha256 = links[address];
    return sha256 === undefined ? [] : [{ start: index, end: index + address.length, sha256 }];
  });
}
