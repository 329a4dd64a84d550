/** The report's style sheet: light and dark by the reader's preference, and for paper. */
export const style = `
:root{--bg:#fff;--fg:#1d2129;--dim:#5b6472;--line:#dfe3ea;--soft:#f5f7fa;--good:#11743b;--good-bg:#e2f5e9;--bad:#b3261e;--bad-bg:#fde7e5;
--warn:#8a5a00;--link:#0b57a4;--s1:#9aa5b5;--s2:#6f8fc0;--s3:#3d7dc7;--s4:#2a9d9a;--s5:#7a6bc9;--s6:#2f9e5b;--rest:#e3e7ee}
@media (prefers-color-scheme:dark){:root{--bg:#14171c;--fg:#e4e8ef;--dim:#9aa4b3;--line:#2c323c;--soft:#1c2028;--good:#6fd695;--good-bg:#143322;
--bad:#ff8f86;--bad-bg:#421a18;--warn:#f0bf63;--link:#7ab8ff;--rest:#2b313b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:66rem;padding:2rem 1.25rem 3rem;background:var(--bg);color:var(--fg);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.75rem;line-height:1.2;margin:.1rem 0 .8rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:0 0 .6rem}h3{font-size:1.05rem;margin:1.2rem 0 .3rem}h4{font-size:.95rem;margin:1.2rem 0 .4rem}
p{margin:.4rem 0}a{color:var(--link)}
code,pre{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.82em}
h2 code{font-weight:400;color:var(--dim);margin-left:.3rem}
section{margin-top:2.2rem}
.kicker,.note,small,figcaption,footer{color:var(--dim)}.kicker{margin:0}.note,figcaption,footer{font-size:.85rem}
.verdict{display:inline-block;margin:0;padding:.45rem .9rem;border-radius:.5rem;font-size:1.15rem;font-weight:600}
.passed{color:var(--good);background:var(--good-bg)}.failed{color:var(--bad);background:var(--bad-bg)}.warn{color:var(--warn)}
.pill{display:inline-block;padding:.05rem .55rem;border-radius:1rem;font-size:.82rem;font-weight:600;white-space:nowrap;vertical-align:middle}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{padding:.45rem .7rem .45rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{color:var(--dim);font-weight:500;font-size:.82rem}tbody th{font-weight:500}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.sentence{min-width:14rem}
.facts{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.15rem 1rem;margin:.4rem 0 1rem;font-size:.92rem}
.facts dt{color:var(--dim)}.facts dd{margin:0;overflow-wrap:anywhere}
.boot{border:1px solid var(--line);border-radius:.7rem;padding:1.2rem 1.3rem}
.summary{font-size:1.02rem}
.power-on+.power-on{border-top:1px solid var(--line);margin-top:1.2rem}
.bar{display:flex;height:1.1rem;margin:.9rem 0 .5rem;border-radius:.3rem;overflow:hidden;background:var(--soft)}
.seg{display:block;height:100%;min-width:1px;border-right:1px solid var(--bg)}
.seg-firmware{background:var(--s1)}.seg-boot-menu{background:var(--s2)}.seg-kernel{background:var(--s3)}.seg-live-medium{background:var(--s4)}
.seg-system{background:var(--s5)}.seg-login,.seg-memtest,.seg-installer{background:var(--s6)}.seg-rest{background:var(--rest)}
.steps{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:0 0 1rem;padding:0;font-size:.85rem;color:var(--dim)}
.steps i{display:inline-block;width:.7rem;height:.7rem;border-radius:.15rem;margin-right:.35rem;vertical-align:-.05rem}
.steps b{color:var(--fg);font-weight:600;font-variant-numeric:tabular-nums}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem;margin:1rem 0}
figure{margin:0}img{display:block;max-width:100%;border:1px solid var(--line);border-radius:.4rem;background:#000}
figcaption{margin-top:.3rem}
.check{margin:.3rem 0}.check+.facts{margin-top:1.2rem}summary{cursor:pointer}
pre{margin:.4rem 0;padding:.7rem .9rem;background:var(--soft);border:1px solid var(--line);border-radius:.4rem;
overflow:auto;max-height:26rem;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.4}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem}
@media (max-width:40rem){.facts{grid-template-columns:1fr}.facts dd{margin-bottom:.4rem}}
@media print{body{max-width:none;padding:0;font-size:10.5pt}pre{max-height:none}.boot{border:0;padding:0;break-before:page}
figure,tr,.bar{break-inside:avoid}.bar,.seg,.steps i,.pill,.verdict{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit}}
`;
