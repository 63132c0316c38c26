import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
const names = process.argv.slice(2);
const b = await chromium.launch({executablePath:"/usr/bin/chromium",args:["--no-sandbox"]});
const p = await b.newPage({viewport:{width:1560,height:1100}});
for (const n of names) {
  const im=(s,w)=>`<img width=${w} src="data:image/png;base64,${readFileSync(`/tmp/shots/${n}-${s}.png`).toString("base64")}">`;
  await p.setContent(`<body style="margin:4px;background:#888;display:flex;flex-wrap:wrap;gap:6px">${im("en-dark-wide",770)}${im("zh-CN-light-wide",770)}${im("en-light-small",770)}${im("zh-CN-dark-small",770)}</body>`);
  await p.screenshot({path:`/tmp/shots/sheet-${n}.png`});
}
await b.close();
