/**
 * The style of the access matrix. The symbols are written here (a colour never speaks alone), so that what stands in a cell is its word: for screen readers, for
 * searching and copying, and where no style is applied. A closed line of a resource hides its endpoints by `:has`; browsers that do not
 * know it show all.
 */
export const matrixStyle = `
:root{--leak:#b3261e;--on-leak:#fff;--ask-bg:#dfe9f8;--ask:#234a80;--own-bg:#bfe3c9;--ref-bg:#eef7f0}
@media (prefers-color-scheme:dark){:root{--leak:#ff8d83;--on-leak:#2d0402;--ask-bg:#1d3152;--ask:#b5d0fb;--own-bg:#1f5232;--ref-bg:#16261b}}
td code,th code{overflow-wrap:break-word}
.heat{--cell:clamp(2.1rem,32rem/var(--n),3.6rem)}.heat table{border-collapse:separate;border-spacing:0;width:auto}.heat th{overflow-wrap:anywhere}
.heat th,.heat td{padding:0;border:0;vertical-align:middle}
.heat thead th{background:var(--bg);border-bottom:1px solid var(--line);vertical-align:bottom;font-weight:600;z-index:3}
.heat thead th+th{width:var(--cell);min-width:var(--cell);text-align:center}
.heat thead th b{display:block;color:var(--dim);font-size:.72rem;padding:.15rem 0}
.heat thead th span{display:block;margin:0 auto;writing-mode:vertical-rl;rotate:180deg;max-height:9.5rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;padding:.1rem 0;line-height:1.2}
.heat thead th:first-child{padding:.3rem .6rem;left:0;z-index:4}
.heat th[scope=row]{position:sticky;left:0;background:var(--bg);z-index:2;padding:.12rem .6rem}
.heat td,.key{text-align:center;font-size:.8rem;line-height:1;font-weight:650;color:var(--dim)}
.heat td{height:1.75rem;min-width:var(--cell);border:1px solid var(--bg)}
.heat td i{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.heat td:has(a){position:relative}.heat td a{color:inherit;text-decoration:none}.heat td a::after{content:"";position:absolute;inset:0}
.heat td a:focus-visible{outline:0}.heat td a:focus-visible::after{outline:3px solid currentColor;outline-offset:-4px}
.heat .g>*{border-top:1px solid var(--line);padding-top:.3rem;padding-bottom:.3rem;height:2.4rem}
.heat .g>th{background:var(--soft)}.heat .g>td{border-left:1px solid var(--bg);border-right:1px solid var(--bg)}
.heat details{border:0;margin:0;background:none;border-radius:0}.heat summary{padding:.15rem 0}.heat .e summary{font-weight:500}
.heat .e th[scope=row]{padding-left:1.5rem}
.heat .why ul{padding-left:1.1rem;font-size:.82rem;font-weight:400;max-width:34rem}.heat .why li{margin:.1rem 0}
.heat .sum{font-size:.82rem;padding-left:1.05rem;margin-bottom:.15rem}.heat .sum a{color:inherit}.heat .rest{font-weight:400;color:var(--dim)}
.heat .why[open]+.sum{display:none}
.heat .e:target>th{box-shadow:inset .25rem 0 var(--link)}
.l{background:var(--leak)}.heat td.l,.key.l{color:var(--on-leak);font-weight:800}
.u{background:var(--warn-bg)}.heat td.u,.key.u{color:var(--warn)}
.n{background:repeating-linear-gradient(45deg,transparent 0 3px,var(--line) 3px 4px)}
.a{background:var(--ask-bg)}.heat td.a,.key.a{color:var(--ask)}
.s{background:var(--calm-bg)}.o{background:var(--own-bg)}.heat td.o,.key.o,.heat td.r,.key.r{color:var(--good)}.r{background:var(--ref-bg)}
td.l:not(:has(a))::before,td.l a::before,.key.l::before{content:"L";content:"L" / ""}
td.u::before,.key.u::before{content:"?";content:"?" / ""}
td.n::before,.key.n::before{content:"\\2013";content:"\\2013" / ""}
td.a::before,.key.a::before{content:"A";content:"A" / ""}
td.s::before,.key.s::before{content:"S";content:"S" / ""}
td.o::before,.key.o::before{content:"O";content:"O" / ""}
td.r::before,.key.r::before{content:"\\b7";content:"\\b7" / ""}
td.l[data-k]::before{content:"L" attr(data-k);content:"L" attr(data-k) / ""}
td.u[data-k]::before{content:"?" attr(data-k);content:"?" attr(data-k) / ""}
.key{display:inline-block;flex:none;width:2.1rem;padding:.35rem 0;border-radius:.2rem}
.i{background:var(--own-bg)}.heat td.i,.key.i{color:var(--good);font-weight:800}
td.i::before,.key.i::before{content:"I";content:"I" / ""}
.t-l{color:var(--bad)}.t-u,.t-n{color:var(--warn)}.t-o,.t-r,.t-i{color:var(--good)}.t-a{color:var(--ask)}
.legend{font-size:.92rem}.legend>div{margin:.3rem 0}.legend dt{font-weight:650}.legend dt .dim{font-weight:400}.legend dd{margin:.2rem 0;display:flex;gap:.6rem;align-items:baseline}.cast .leaks{white-space:nowrap}.cast{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:.15rem 1rem;font-size:.875rem}
.cast li{margin:0;padding-left:2rem;position:relative;line-height:1.35}.cast li>b:first-child{position:absolute;left:0;width:1.5rem;text-align:right;color:var(--dim);font-variant-numeric:tabular-nums}
.heat td.n{text-align:center}
@media screen{.heat tbody:not(:has(.fold[open])):not(:has(:target))>.e{display:none}}
@media (min-width:44.01rem){.heat .sum.rest,.heat .sum .rest{display:none}.heat th[scope=row]{min-width:14rem;max-width:34rem}.heat tr{scroll-margin-top:12rem}}
@media (min-width:62.01rem){.heat:not(.many){overflow:visible;max-height:none;border:0}.heat:not(.many) th[scope=row]{min-width:22rem}}
@media (max-width:44rem){.cast{grid-template-columns:repeat(auto-fill,minmax(10rem,1fr))}.legend{font-size:.875rem}.heat{margin-inline:-.75rem;overflow:visible;border:0}.heat table,.heat thead,.heat tbody{display:block;width:100%}
.heat caption{display:block;padding:.3rem .75rem}.heat tr{display:grid;grid-template-columns:repeat(var(--n),minmax(0,1fr));scroll-margin-top:2.5rem}
.heat thead{position:sticky;top:0;z-index:3}.heat thead th{position:static}
.heat thead th:first-child{display:none}.heat thead th+th{display:block;width:auto;min-width:0}.heat thead th b{font-size:.8rem}
.heat thead th span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.heat th[scope=row]{grid-column:1/-1;position:static;padding:.3rem .75rem .15rem}.heat .e th[scope=row]{padding-left:.75rem}
.heat td{display:flex;align-items:center;justify-content:center;min-width:0;height:1.6rem;font-size:.75rem}
.heat .g{background:var(--soft);border-top:1px solid var(--line);margin-top:.6rem}.heat .g>*{border-top:0;height:auto}.heat .g>td{height:1.9rem;border-top:1px solid var(--soft)}
.heat .e{border-bottom:1px solid var(--line);padding-bottom:.35rem}.heat .sum{padding-left:0}.heat .sum a{display:inline-block;padding:.2rem 0}}
@media print{.heat{border:0}.heat th[scope=row],.heat thead th{position:static}.heat .why::details-content{display:none}.heat td,.key{print-color-adjust:exact;-webkit-print-color-adjust:exact;height:auto;min-width:0}
.heat td{height:1.1rem;font-size:7.5pt}.heat thead th+th{width:1.25rem;min-width:1.25rem}.heat thead th{font-size:7.5pt}.heat th[scope=row]{font-size:8pt;padding:.05rem .3rem}.heat .g>*{height:1.5rem;break-after:avoid}
.heat td.l,.key.l{color:#000;background:#ff9c94;outline:1.5px solid #000;outline-offset:-2px}.heat summary{list-style:none;break-after:auto}.heat .sum{font-size:8pt;padding-left:0;margin:0}.heat summary .small{font-size:8pt}.heat caption{padding:.3rem}.heat .sum.rest,.heat .sum .rest{display:none}.heat th[scope=row]{min-width:0}}
`;
