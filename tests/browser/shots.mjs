// Takes the pictures of the documentation, one PNG a page, in the size of a window: what a reader sees first.
//
//     cronwright simulate --store sqlite://trial.db && cronwright dashboard --store sqlite://trial.db
//     node shots.mjs http://127.0.0.1:8082 /usr/bin/chromium ../../docs/images

import path from "node:path";
import { chromium } from "playwright-core";

const [url, executablePath, folder] = process.argv.slice(2);
const PAGES = [
  ["overview", "/", 860],
  ["timetable", "/timetable", 1000],
  ["load", "/load", 860],
  ["cost", "/cost", 860],
  ["workflow", "/workflows/acme/storefront/e2e.yml", 860],
];

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
for (const [name, where, height] of PAGES) {
  const page = await browser.newPage({ colorScheme: "light", viewport: { width: 1200, height } });
  await page.goto(url + where, { waitUntil: "load" });
  // Charts are drawn by a script once the page is there.
  for (const chart of await page.locator("[data-chart]").all()) await chart.locator("canvas").first().waitFor();
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  await page.close();
}
await browser.close();
