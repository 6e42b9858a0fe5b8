/** The style of the reference page; it follows the scheme of the reader's system. */
export const DOCS_STYLE = `
:root{--paper:#fff;--paper-2:#f7f6f3;--ink:#23211d;--ink-2:#57534a;--line:#e3e0d8;--accent:#2f6b4f;--code:#f1efea;color-scheme:light}
@media (prefers-color-scheme:dark){:root{--paper:#191815;--paper-2:#211f1b;--ink:#e9e6df;--ink-2:#aaa498;--line:#36332c;--accent:#7fc3a0;--code:#26241f;color-scheme:dark}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.6 system-ui,-apple-system,'PingFang SC','Microsoft YaHei',sans-serif;display:grid;grid-template-columns:16rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow-y:auto;padding:1.25rem 1rem 3rem;background:var(--paper-2);border-right:1px solid var(--line);font-size:13px}
nav ul{list-style:none;margin:0;padding:0}
nav li a{display:block;padding:.2rem .5rem;border-radius:.4rem;color:var(--ink-2);text-decoration:none}
nav li a:hover{background:var(--code);color:var(--ink)}
.name{margin:0 0 .75rem;padding:0 .5rem;font-weight:600}
.name a{color:inherit;text-decoration:none}
.group{margin:1rem 0 .25rem;padding:0 .5rem;font-weight:600}
main{max-width:52rem;padding:2rem 2.5rem 6rem;min-width:0}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}
h2{margin:3.5rem 0 1rem;padding-bottom:.4rem;border-bottom:1px solid var(--line);font-size:1.3rem}
h3{margin:2.5rem 0 .4rem;font-size:1.05rem}
h4{margin:1.1rem 0 .4rem;font-size:.8125rem;color:var(--ink-2)}
p{margin:.4rem 0}
a{color:var(--accent)}
code{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{margin:1rem 0;padding:.75rem 1rem;background:var(--code);border-radius:.6rem;overflow-x:auto}
pre code{overflow-wrap:normal}
i{font-style:normal;font-size:.75rem;color:var(--ink-2)}
.address{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center}
.address b{font-size:.75rem;padding:.1rem .45rem;border-radius:.35rem;background:var(--code);color:var(--accent)}
.scope{font-size:.8125rem;color:var(--ink-2)}
dl{margin:.25rem 0;border-top:1px solid var(--line)}
dt{padding-top:.45rem}
dd{margin:0;padding:0 0 .45rem;border-bottom:1px solid var(--line);font-size:.875rem;color:var(--ink-2)}
dd dl{margin:.4rem 0 0 1rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem;z-index:1}
:target{scroll-margin-top:1rem}
section:target>h3,dt:target{color:var(--accent)}
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:.2rem}
@media (max-width:48rem){body{display:block}nav{position:static;height:auto;max-height:40vh;border-right:0;border-bottom:1px solid var(--line)}main{padding:1.5rem 1rem 4rem}nav li a{padding:.55rem .5rem}}
`;
