/** The style sheet of the report: one column on a phone, light and dark, ink-saving on paper. */
export const styleSheet = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d5dae0;--soft:#f5f7f9;--link:#0b57a4;
--bad:#b3261e;--bad-bg:#fdecea;--warn:#7a4b00;--warn-bg:#fff4dc;--good:#14662f;--good-bg:#e6f4ea;--calm:#45505c;--calm-bg:#eceff2}
@media (prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e6e9ed;--dim:#a3adb8;--line:#363d46;--soft:#1c2026;--link:#82b8ff;
--bad:#ff9a91;--bad-bg:#41191a;--warn:#f2c469;--warn-bg:#3a2b0c;--good:#84d69c;--good-bg:#15321f;--calm:#b9c2cc;--calm-bg:#272d34}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--fg);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:break-word}
.page{max-width:62rem;margin:0 auto;padding:1rem 1rem 4rem}
.skip{position:absolute;left:-999rem}.skip:focus{left:.5rem;top:.5rem;background:var(--bg);padding:.5rem 1rem;border:2px solid var(--link);z-index:9}
a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px}
h1,h2,h3,h4{line-height:1.25;margin:0;text-wrap:balance}
h1{font-size:clamp(1.6rem,5.5vw,2.5rem);letter-spacing:-.015em;margin:.35rem 0 .75rem}
h2{font-size:1.4rem;margin:3rem 0 .5rem;padding-top:1.2rem;border-top:1px solid var(--line)}
h3{font-size:1.1rem;margin:1.6rem 0 .5rem}h4{font-size:.95rem;margin:1.1rem 0 .3rem}
p{margin:.5rem 0}.lead{font-size:1.08rem;max-width:46rem}.dim{color:var(--dim)}.small{font-size:.875rem}
ul,ol{padding-left:1.4rem;margin:.5rem 0}li{margin:.25rem 0}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.86em}
code{overflow-wrap:anywhere}
pre{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.7rem .8rem;margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:30rem;overflow:auto;line-height:1.45}
.copy{user-select:all}
.pill{display:inline-block;font-size:.78rem;font-weight:650;line-height:1.35;padding:.1rem .55rem;border-radius:1rem;white-space:nowrap;background:var(--calm-bg);color:var(--calm)}
.bad{background:var(--bad-bg);color:var(--bad)}.warn{background:var(--warn-bg);color:var(--warn)}.good{background:var(--good-bg);color:var(--good)}.calm{background:var(--calm-bg);color:var(--calm)}
.about{color:var(--dim);font-size:.875rem;margin:0}
.verdicts{list-style:none;padding:0;display:grid;gap:.7rem;margin:1.2rem 0}
.verdict{border:1px solid var(--line);border-left:.45rem solid var(--calm);border-radius:.4rem;padding:.75rem 1rem;margin:0}
.verdict.v-no-go{border-left-color:var(--bad)}.verdict.v-unproven,.verdict.v-conditional{border-left-color:var(--warn)}.verdict.v-go{border-left-color:var(--good)}
.verdict h3{margin:.3rem 0 0;font-size:1.15rem}.verdict p{margin:.25rem 0 0}
.first{padding-left:0;list-style:none;counter-reset:first;display:grid;grid-template-columns:minmax(0,1fr);gap:.9rem;margin:1rem 0}
.first>li{counter-increment:first;padding-left:2.6rem;position:relative;margin:0}
.first>li::before{content:counter(first);position:absolute;left:0;top:.1rem;width:1.8rem;height:1.8rem;border-radius:50%;background:var(--fg);color:var(--bg);font-weight:700;text-align:center;line-height:1.8rem;font-size:.9rem}
.first a{font-weight:600}.start h2{margin-top:1rem;padding-top:.8rem}
.code{padding:.5rem 0;overflow-x:auto;white-space:pre;overflow-wrap:normal}.code span{display:block;padding:0 .8rem;min-width:max-content}.code .at{background:var(--warn-bg)}.code i{display:inline-block;min-width:2.6em;margin-right:.9em;text-align:right;color:var(--dim);font-style:normal;user-select:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.7rem;padding:0;list-style:none;margin:1rem 0}
.tiles li{border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;margin:0}.tiles b{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
.toc ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}.toc a{display:inline-block;padding:.25rem 0}
details{border:1px solid var(--line);border-radius:.4rem;margin:.6rem 0;background:var(--bg)}
summary{cursor:pointer;padding:.6rem .9rem;border-radius:.4rem}summary:hover{background:var(--soft)}
details:target::details-content,details:has(:target)::details-content{content-visibility:visible;block-size:auto}details:target>summary{background:var(--soft)}
details>.in{padding:.1rem .9rem .9rem}details details{background:none}
.finding>summary h4{display:inline;font-size:1rem;font-weight:620;margin:0}
.finding>summary .tags{display:flex;flex-wrap:wrap;gap:.3rem .5rem;margin:.35rem 0 0 1.05rem;align-items:center}
.finding dl{margin:.2rem 0}.finding dt{font-weight:650;margin-top:.8rem}.finding dd{margin:.1rem 0 0}
.wide{position:relative;overflow-x:auto;margin:.7rem 0;border:1px solid var(--line);border-radius:.4rem;max-height:80vh}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--dim);padding:.6rem .8rem;font-size:.875rem;caption-side:top}
th,td{text-align:left;vertical-align:top;padding:.45rem .7rem;border-top:1px solid var(--line)}
thead th{border-top:0;background:var(--soft);font-size:.82rem;position:sticky;top:0;z-index:1}
tbody th{font-weight:500}td.num{text-align:right;font-variant-numeric:tabular-nums}
.leaks{color:var(--bad);font-weight:600}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.legend{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:.25rem 1.5rem}
.bar{height:.5rem;border-radius:.25rem;background:var(--calm-bg);overflow:hidden;margin-top:.35rem}.bar span{display:block;height:100%;background:var(--good)}
@media (max-width:44rem){.wide{max-height:none}.stack table,.stack tbody,.stack tr,.stack td,.stack th,.stack caption{display:block;width:100%}
.stack thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}.stack tr{border-top:1px solid var(--line);padding:.5rem 0}
.stack td,.stack th{border:0;padding:.1rem .8rem;text-align:left}.stack td.num{text-align:left}.stack td[data-name]:not(:empty)::before{content:attr(data-name) ": ";color:var(--dim)}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#444;--line:#bbb;--soft:#f6f6f6}body{font-size:10pt}.page{max-width:none;padding:0}.skip,.toc{display:none}
h2,h3,h4,summary{break-after:avoid}.verdict,.first>li,tr{break-inside:avoid}.wide,pre{max-height:none;overflow:visible}thead th{position:static}
details::details-content{content-visibility:visible;display:block;block-size:auto}.pill{border:1px solid currentColor}}
`;
