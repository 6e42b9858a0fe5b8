/** Addresses of the files of a text in an archive, with the SHA-256 of what is there. */
export type Links = Readonly<Record<string, string>>;

/** A file's address in Markdown: where it stands as an address, not in that of another server. */
const FILE =
  /(?<=^|[\s("'<=\]:])\/api\/files\/([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})/gm;

const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/** Marks before an address that nothing in the text begins with; a text that holds more of them than this wants it so. */
const MAX_MARKS = 20;
/** Places that are told apart by the file they name; more of them count for every file. */
const MAX_PLACES = 1_000;

/** How many `./` stand directly before `at`, and one more than may be there at most. */
function marksBefore(content: string, at: number): number {
  let count = 0;
  while (count <= MAX_MARKS && content.startsWith('./', at - 2 * (count + 1))) {
    if (at - 2 * (count + 1) < 0) break;
    count += 1;
  }
  return count;
}

/**
 * What tells addresses in a folder from what a text says already: how many `./` go before one; null where it would be
 * too many. The text is looked through once for a folder, however many files are in it.
 */
function marksFor(content: string, folder: string): (address: string) => number | null {
  const places: { at: number; marks: number }[] = [];
  let most = 0;
  for (let at = content.indexOf(folder); at >= 0; at = content.indexOf(folder, at + 1)) {
    const marks = marksBefore(content, at) + 1;
    most = Math.max(most, marks);
    if (places.length <= MAX_PLACES) places.push({ at, marks });
  }
  return (address) => {
    let marks = 0;
    if (places.length > MAX_PLACES) marks = most;
    else
      for (const place of places)
        if (place.marks > marks && content.startsWith(address, place.at)) marks = place.marks;
    return marks > MAX_MARKS ? null : marks;
  };
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, percent);
}

/**
 * Makes the addresses of files relative to the note, so that any program finds them.
 * @param noteFolder of the note in the archive, with a slash at its end
 * @param find the path in the archive and the SHA-256 of a file, by its id; undefined leaves the address, as
 *   does a text that is full of what the address would be
 */
export function relateAddresses(
  content: string,
  noteFolder: string,
  find: (id: string) => { path: string; sha256: string } | undefined,
): { content: string; links: Links } {
  const up = '../'.repeat(noteFolder.split('/').length - 1);
  const links: Record<string, string> = {};
  const addresses = new Map<string, string>();
  const folders = new Map<string, ReturnType<typeof marksFor>>();
  const related = content.replace(FILE, (whole, id: string) => {
    const known = addresses.get(id);
    if (known !== undefined) return known;
    const file = find(id);
    if (!file) return whole;
    const plain = up + file.path.split('/').map(encodeSegment).join('/');
    // What the text says already must not be taken for the file when it is read again.
    const folder = plain.slice(0, plain.lastIndexOf('/') + 1);
    const findMarks = folders.get(folder) ?? marksFor(content, folder);
    folders.set(folder, findMarks);
    const marks = findMarks(plain);
    const address = marks === null ? whole : './'.repeat(marks) + plain;
    addresses.set(id, address);
    if (marks !== null) links[address] = file.sha256;
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
