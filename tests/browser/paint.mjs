// How soon the pages of a dashboard are painted, beside a page with nothing on it from a server that does nothing: what is left between
// the two is ours, the rest is Chromium's own.
//
//     node paint.mjs http://127.0.0.1:8082 /usr/bin/chromium [LOADS]
//
// Prints the median of the first contentful paint in milliseconds, in a browser that has been there before: pages are loaded anew, what
// they load may be kept.

import http from "node:http";
import { chromium } from "playwright-core";

const [url, executablePath, loads = "20"] = process.argv.slice(2);
const PAGES = ["/", "/timetable", "/load", "/workflows", "/accuracy", "/cost", "/plan"];

const bare = http.createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<!doctype html><title>bare</title><p>nothing"));
await new Promise((listens) => bare.listen(0, "127.0.0.1", listens));

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

const paint = (page) =>
  page.evaluate(
    () =>
      new Promise((told) => {
        const found = () => performance.getEntriesByName("first-contentful-paint")[0];
        if (found()) return told(found().startTime);
        new PerformanceObserver((_, observer) => {
          if (!found()) return;
          observer.disconnect();
          told(found().startTime);
        }).observe({ type: "paint", buffered: true });
      }),
  );

const places = [`http://127.0.0.1:${bare.address().port}/`, ...PAGES.map((page) => url + page)];
const times = new Map(places.map((place) => [place, []]));
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
// In turns, so that whatever else the machine does falls on all of them; the first turn warms the browser up.
for (let turn = 0; turn <= Number(loads); turn += 1) {
  for (const place of places) {
    await page.goto(place);
    const time = await paint(page);
    if (turn > 0) times.get(place).push(time);
  }
}
await browser.close();
bare.close();

const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
for (const [place, all] of times) console.log(`${Math.round(median(all))} ms  ${place === places[0] ? "a bare page" : new URL(place).pathname}`);
