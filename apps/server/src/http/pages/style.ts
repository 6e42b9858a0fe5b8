/** The colours of the app, styles.css of apps/web: a reader who signs in stays in the same house. In hex, for the older
 * browsers that are built into other programs. */
const LIGHT =
  '--bg:#fefdfb;--fg:#251f1b;--soft:#5d5751;--line:#e5e3de;--panel:#f4f2ee;--link:#3956a0;--mark:#ba2b28;--str:#296944;--key:#813b91;--num:#8d5406';
const DARK =
  '--bg:#181715;--fg:#e7e4df;--soft:#aeaaa4;--line:#2d2926;--panel:#24211e;--link:#99aeee;--mark:#f28881;--str:#88c99e;--key:#daa3e7;--num:#e0b771';

/**
 * The one style of all public pages; its hash is in their content policy. What of an article is far below
 * the window is laid out when it comes near: Chinese text takes long to shape.
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark;${DARK}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--fg);font:1.0625rem/1.75 ui-sans-serif,-apple-system,"SF Pro Text","Segoe UI","PingFang SC","Hiragino Sans GB","Microsoft YaHei UI","Noto Sans CJK SC","Source Han Sans SC",sans-serif;overflow-wrap:break-word}
a{color:var(--link);text-underline-offset:.2em}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.5rem 1rem;z-index:1}
.bar,main,.foot{max-width:44rem;margin:0 auto;padding:0 1.25rem}
.bar{display:flex;align-items:center;gap:1rem;padding-top:1rem;padding-bottom:1rem}
.bar a:first-child{font-weight:600;color:inherit;text-decoration:none;margin-right:auto}
.bar button{font:inherit;font-size:.875rem;min-height:2rem;color:var(--soft);background:none;border:1px solid var(--line);border-radius:.4rem;padding:.1rem .7rem;cursor:pointer}
h1{font-size:clamp(1.7rem,4.5vw,2.3rem);line-height:1.3;margin:1.5rem 0 .5rem;text-wrap:balance}
h2,h3,h4,h5,h6{line-height:1.4;margin:2em 0 .6em}
h2{font-size:1.4rem}h3{font-size:1.18rem}h4,h5,h6{font-size:1rem}
.meta,.foot,.empty{color:var(--soft);font-size:.9375rem}
.ai{color:var(--soft);font-size:.875rem;border:1px solid var(--line);border-radius:.4rem;padding:.25em .75em;margin:-1rem 0 2rem;width:fit-content}
.meta{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:0 0 2rem}
.toc{border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1.2rem;margin:0 0 2rem;font-size:.9375rem}
.toc summary{cursor:pointer;font-weight:600}
.toc ol{list-style:none;margin:.5rem 0 0;padding:0}
.toc .d3{padding-left:1.2em}.toc .d4{padding-left:2.4em}
.prose>:not(h1,h2,h3,h4,h5,h6,section){content-visibility:auto;contain-intrinsic-size:auto 9rem;overflow-clip-margin:.5rem}
.prose>:is(ul,ol)>li:first-child>p:first-child{margin-top:0}.prose>:is(ul,ol)>li:last-child>p:last-child{margin-bottom:0}
.prose img{max-width:100%;height:auto;border-radius:.4rem}
.prose pre{background:var(--panel);border-radius:.5rem;padding:1rem;overflow-x:auto;font-size:.875rem;line-height:1.6}
.prose code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
.prose :not(pre)>code{background:var(--panel);border-radius:.25rem;padding:.1em .35em}
.prose blockquote{margin:1.5em 0;padding:.1em 1.2em;border-left:3px solid var(--line);color:var(--soft)}
.prose table{display:block;overflow-x:auto;border-collapse:collapse;font-size:.9375rem;margin:1.5em 0}
.prose th,.prose td{border:1px solid var(--line);padding:.4rem .7rem;text-align:left}
.prose th{background:var(--panel)}
.prose hr{border:0;border-top:1px solid var(--line);margin:2.5em 0}
.prose ul.contains-task-list{list-style:none;padding-left:.3em}
.hljs-comment,.hljs-quote{color:var(--soft)}.hljs-keyword,.hljs-selector-tag,.hljs-built_in{color:var(--key)}
.hljs-string,.hljs-attr,.hljs-regexp{color:var(--str)}.hljs-number,.hljs-literal,.hljs-type{color:var(--num)}.hljs-deletion{color:var(--mark)}
.tags{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:2.5rem 0 0}
.tags a{display:inline-block;background:var(--panel);border-radius:1rem;padding:.1rem .8rem;font-size:.875rem;color:inherit;text-decoration:none}
.tags a:hover{text-decoration:underline}
.cover{display:block;width:100%;aspect-ratio:16/9;object-fit:cover;border-radius:.6rem;margin:0 0 2rem;background:var(--panel)}
.end{display:flex;flex-wrap:wrap;align-items:flex-start;gap:.6rem 1.2rem;margin:2.5rem 0 0;font-size:.9375rem;color:var(--soft)}
.end button{font:inherit;color:var(--link);background:none;border:0;padding:0;cursor:pointer;text-decoration:underline;text-underline-offset:.2em}
.end summary{cursor:pointer}
.end img{display:block;width:11rem;height:11rem;margin:.6rem 0 0;border-radius:.4rem;background:#fff}
.end>:last-child{margin-left:auto}
.turn{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin:2rem 0 0;padding:1.2rem 0 0;border-top:1px solid var(--line)}
.turn a{text-decoration:none}.turn a:last-child{text-align:right;grid-column:2}
.turn span{display:block;color:var(--soft);font-size:.875rem}
.list{list-style:none;padding:0;margin:2rem 0}
.list li{border-top:1px solid var(--line);padding:1.2rem 0}
.list h2{font-size:1.18rem;margin:0 0 .3rem}
.list h2 a{color:inherit;text-decoration:none}.list h2 a:hover{text-decoration:underline}
.list p{margin:.2rem 0;color:var(--soft);font-size:.9375rem}
math{font-size:1.08em}math[display=block]{margin:1.2em 0;overflow-x:auto;overflow-y:hidden}
.prose mark{background:#fde7a2;color:#251f1b;border-radius:.2em;padding:0 .15em}
.callout{border:1px solid var(--line);border-left:4px solid var(--link);border-radius:.4rem;padding:.7rem 1.1rem;margin:1.5em 0}
.callout>p{margin:.4em 0}.callout-title{font-weight:600}
.callout-warning,.callout-caution{border-left-color:var(--mark)}.callout-tip{border-left-color:var(--str)}.callout-important{border-left-color:var(--key)}
.wiki-link-missing{border-bottom:1px dotted var(--soft)}
.sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.form{display:grid;gap:1rem;max-width:28rem;margin:1.5rem 0}
.form label,.form legend{font-weight:600}
.form fieldset{border:1px solid var(--line);border-radius:.5rem;padding:.6rem 1rem}
.form fieldset label{display:flex;gap:.6rem;align-items:center;min-height:2.2rem;font-weight:400}
.form input:not([type=radio]),.form textarea{display:block;width:100%;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--soft);border-radius:.4rem;padding:.5rem .7rem;margin:.3rem 0 0}
.form button{font:inherit;justify-self:start;color:var(--bg);background:var(--link);border:0;border-radius:.5rem;padding:.5rem 1.4rem;cursor:pointer}
.wrong{color:var(--mark);margin:0}
.hero{padding:2.5rem 0 1rem}.hero p{font-size:1.15rem;color:var(--soft);margin:.5rem 0 1.8rem}
.members{border:1px solid var(--line);border-radius:.6rem;background:var(--panel);padding:.6rem 1.4rem 1.4rem;margin:2rem 0 0}
.go{display:flex;flex-wrap:wrap;gap:.8rem}
.go a{display:inline-block;border:1px solid var(--link);border-radius:.5rem;padding:.5rem 1.3rem;text-decoration:none}
.go a:first-child{background:var(--link);color:var(--bg)}
.foot{border-top:1px solid var(--line);margin-top:4rem;padding-top:1.2rem;padding-bottom:2.5rem}
@media print{.bar,.toc,.foot,.skip{display:none}body{font-size:11pt}.prose>*{content-visibility:visible}}
`.trim();

/**
 * All the script a public page has: the switch between light and dark, copying its address, and a few pixels of a
 * picture until it is there, which the policy of the page lets a script show and a `style` attribute not.
 */
export const PAGE_SCRIPT = `
(function(){var r=document.documentElement,k='theme';
try{var t=localStorage.getItem(k);if(t==='light'||t==='dark')r.dataset.theme=t}catch(e){}
document.addEventListener('DOMContentLoaded',function(){var b=document.getElementById('theme');if(!b)return;b.hidden=false;
b.addEventListener('click',function(){var dark=r.dataset.theme?r.dataset.theme==='dark':matchMedia('(prefers-color-scheme: dark)').matches;
r.dataset.theme=dark?'light':'dark';try{localStorage.setItem(k,r.dataset.theme)}catch(e){}});
var c=document.querySelector('button[data-copy]');if(c&&navigator.clipboard){c.hidden=false;c.addEventListener('click',function(){
navigator.clipboard.writeText(c.dataset.copy).then(function(){var w=c.textContent;c.textContent=c.dataset.done;setTimeout(function(){c.textContent=w},2000)})})}});
document.addEventListener('DOMContentLoaded',function(){document.querySelectorAll('img[data-blur]').forEach(function(i){if(i.complete)return;
i.style.background='center/cover url('+i.dataset.blur+')';i.onload=i.onerror=function(){i.style.background=''}})})})();
`.trim();
