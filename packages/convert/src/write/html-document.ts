/** What is to be seen of a text of an AI, and its IPTC digital source type for programs. */
export interface AiNotice {
  words: string;
  sourceType: string;
}

/** A picture that is put into the page. */
interface HtmlPicture {
  mediaType: string;
  bytes: Buffer;
}

/** A note to be made a page that needs nothing else. */
export interface HtmlSource {
  title: string;
  /** Rendered and safe. */
  html: string;
  locale: 'zh-CN' | 'en';
  /** Origin of the server: links to its own addresses lead there. */
  origin: string;
  /** Said at the top where an AI wrote some of it. */
  aiNotice: AiNotice | null;
  /** By their address in the text. */
  pictures: ReadonlyMap<string, HtmlPicture>;
  /** Told of an address whose picture finds no room, while the page is written. */
  onLeftOut?: (address: string) => void;
  /** Whether it may load nothing at all: else pictures of the web are shown. */
  isSealed?: boolean;
}

/** Light, dark, and on paper. */
const STYLE = `
:root{color-scheme:light dark;--bg:#fcfcfa;--fg:#1d1f23;--soft:#5b6069;--line:#e2e2dc;--panel:#f3f3ef;--link:#0b5cad;--mark:#b3261e;--str:#1a6b3c;--key:#8a3ea8;--num:#9a5b00}
@media (prefers-color-scheme:dark){:root{--bg:#16181c;--fg:#e4e5e7;--soft:#a2a7b0;--line:#33373e;--panel:#1f2227;--link:#7db7f5;--mark:#f2837b;--str:#7fd19b;--key:#d39ae8;--num:#e2b26b}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:1.0625rem/1.75 system-ui,-apple-system,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:break-word}
main{max-width:44rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
a{color:var(--link);text-underline-offset:.2em}
h1{font-size:clamp(1.7rem,4.5vw,2.3rem);line-height:1.3;margin:.5rem 0 1.5rem}
.ai{color:var(--soft);font-size:.9375rem;border:1px solid var(--line);border-radius:.4rem;padding:.3em .8em;width:fit-content}
h2,h3,h4,h5,h6{line-height:1.4;margin:2em 0 .6em}h2{font-size:1.4rem}h3{font-size:1.18rem}h4,h5,h6{font-size:1rem}
img{max-width:100%;height:auto;border-radius:.4rem}
pre{background:var(--panel);border-radius:.5rem;padding:1rem;overflow-x:auto;font-size:.875rem;line-height:1.6}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
:not(pre)>code{background:var(--panel);border-radius:.25rem;padding:.1em .35em}
blockquote,.callout{margin:1.5em 0;padding:.1em 1.2em;border-left:3px solid var(--line);color:var(--soft)}
table{display:block;overflow-x:auto;border-collapse:collapse;font-size:.9375rem;margin:1.5em 0}
th,td{border:1px solid var(--line);padding:.4rem .7rem;text-align:left}[align=right]{text-align:right}[align=center]{text-align:center}th{background:var(--panel)}
hr{border:0;border-top:1px solid var(--line);margin:2.5em 0}
mark{background:#ffe58a;color:#1d1f23}
ul.contains-task-list{list-style:none;padding-left:.3em}
.sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.hljs-comment,.hljs-quote{color:var(--soft)}.hljs-keyword,.hljs-selector-tag,.hljs-built_in{color:var(--key)}
.hljs-string,.hljs-attr,.hljs-regexp{color:var(--str)}.hljs-number,.hljs-literal,.hljs-type{color:var(--num)}.hljs-deletion{color:var(--mark)}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--panel:#f3f3ef;--link:#000;--mark:#b3261e;--str:#1a6b3c;--key:#8a3ea8;--num:#9a5b00}
@page{margin:18mm 16mm}body{font-size:11pt}main{max-width:none;padding:0}pre{white-space:pre-wrap}table{display:table}
h1,h2,h3,h4,h5,h6{break-after:avoid}pre,blockquote,table,img{break-inside:avoid}}
`;

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** Bytes of pictures in one page, each as often as it is shown; beyond them their addresses stay. */
const MOST_EMBEDDED = 40_000_000;

/** What has an address: the words of a text may look like one. */
const TAG = /<(?:a|img)(?: [\w-]+(?:="[^"]*")?)+>/g;

/** An address of the server itself as others have to write it. */
export const absoluteAddress = (address: string, origin: string): string =>
  /^\/(?!\/)/.test(address) ? `${origin}${address}` : address;

/** A note as one HTML file: styles and pictures are in it, scripts are not. In pieces, since it may be large. */
export function* writeHtmlDocument(source: HtmlSource): Generator<string> {
  const { title, locale, aiNotice, isSealed = false } = source;
  const name = escapeHtml(title.trim());
  yield `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:${isSealed ? '' : ' https:'}; style-src 'unsafe-inline'">
<title>${name}</title>
${aiNotice ? `<meta name="digital-source-type" content="${escapeHtml(aiNotice.sourceType)}">\n` : ''}<style>${STYLE}</style>
</head>
<body>
<main>
${name ? `<h1>${name}</h1>\n` : ''}${aiNotice ? `<p class="ai">${escapeHtml(aiNotice.words)}</p>\n` : ''}`;
  yield* withAddresses(source);
  yield `
</main>
</body>
</html>
`;
}

/** The text with its pictures in it, and links that lead to the server from wherever it is read. */
function* withAddresses({ html, origin, pictures, onLeftOut }: HtmlSource): Generator<string> {
  let room = MOST_EMBEDDED;
  let end = 0;
  for (const tag of html.matchAll(TAG)) {
    for (const match of tag[0].matchAll(/ (src|href|loading)="([^"]*)"/g)) {
      const [whole, name, address = ''] = match;
      const picture = name === 'src' ? pictures.get(address) : undefined;
      const isShown = picture !== undefined && picture.bytes.length <= room;
      if (picture && !isShown) onLeftOut?.(address);
      if (name === 'src' && !isShown) continue;
      yield html.slice(end, tag.index + match.index);
      end = tag.index + match.index + whole.length;
      if (name === 'href') yield ` href="${absoluteAddress(address, origin)}"`;
      // What is in the file already need not wait.
      if (!picture) continue;
      room -= picture.bytes.length;
      yield ` src="data:${picture.mediaType};base64,${picture.bytes.toString('base64')}"`;
    }
  }
  yield html.slice(end);
}
