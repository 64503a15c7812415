// Clicks through every page of a dashboard in a real Chromium, as the test dashboard::browser starts it:
//   node click.mjs URL CHROMIUM FOLDER COMMAND...
// Prints one JSON document: what the console said, what axe-core found, and how long the first paint of each page took.
// Leaves a screenshot of each page in the folder, in light and in dark. The command changes what the dashboard shows: an open page must
// come to show it by itself.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const [url, executablePath, folder, command, ...args] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const told = { pages: [], console: [], outside: [], findings: [], paints: {} };
// Containers and root give Chromium no sandbox of its own; it sees nothing here but this server on loopback.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

const context = async (more) => {
  // axe-core is run by the test; the page itself may not run it, which is what its policy is for.
  const made = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: false, ...more });
  // Far above what a machine that is busy with other tests was seen to need.
  made.setDefaultTimeout(120_000);
  made.on("request", (request) => {
    if (!request.url().startsWith(url)) told.outside.push(request.url());
  });
  return made;
};

const listened = async (made) => {
  const page = await made.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) told.console.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => told.console.push(`${page.url()}: ${error}`));
  return page;
};

const judge = async (page, name) => {
  // Evaluated by the debugger, not by the page, so that its policy does not stand in the way.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  for (const { id, impact, help, nodes } of violations.filter((one) => ["serious", "critical"].includes(one.impact))) {
    told.findings.push({ page: name, id, impact, help, where: nodes.slice(0, 3).map((node) => node.html) });
  }
};

const painted = (page) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        const found = () => performance.getEntriesByName("first-contentful-paint")[0];
        if (found()) return done(found().startTime);
        new PerformanceObserver((list, observer) => {
          if (!found()) return;
          observer.disconnect();
          done(found().startTime);
        }).observe({ type: "paint", buffered: true });
      }),
  );

const shot = (page, name) => page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });

// As a person goes: from page to page by the links of the head, then into a workflow, and through a filter.
const walk = async (page, scheme) => {
  const seen = async (name) => {
    await page.waitForLoadState("load");
    if (scheme === "light") {
      told.pages.push(name);
      told.paints[name] = Math.round(await painted(page));
    }
    await judge(page, `${name} (${scheme})`);
    await shot(page, `${name}-${scheme}`);
  };
  await page.goto(url);
  for (const name of ["Overview", "Timetable", "Load", "Workflows", "Accuracy", "Cost", "Plan"]) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await seen(name.toLowerCase());
  }
  await page.goto(`${url}/timetable`);
  await page.getByRole("combobox", { name: "Grouped by" }).selectOption("runners");
  await page.getByRole("combobox", { name: "Day" }).selectOption("2");
  await page.getByRole("button", { name: "Show" }).click();
  await page.locator("#day-table summary").click();
  await seen("timetable-by-runners");
  await page.goto(`${url}/workflows`);
  await page.getByRole("searchbox", { name: "Name holds" }).fill("nightly");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /nightly/ }).first().click();
  await page.locator("[data-chart=durations] canvas").waitFor();
  for (const summary of await page.locator("main summary").all()) await summary.click();
  await seen("workflow");
};

for (const scheme of ["light", "dark"]) {
  const made = await context({ colorScheme: scheme });
  await walk(await listened(made), scheme);
  await made.close();
}

// Without scripts the tables are there all the same.
const plain = await context({ javaScriptEnabled: false });
const page = await listened(plain);
for (const where of ["/", "/timetable", "/load", "/workflows", "/accuracy", "/cost", "/plan"]) {
  await page.goto(url + where);
  if ((await page.locator("table").count()) === 0) told.findings.push({ page: where, id: "no table without scripts" });
}
await plain.close();

// With the keyboard alone: the first stop leads past the head.
const keys = await listened(await context({}));
await keys.goto(`${url}/plan`);
await keys.keyboard.press("Tab");
await keys.keyboard.press("Enter");
if ((await keys.evaluate(() => document.activeElement.id)) !== "main") told.findings.push({ page: "/plan", id: "the content cannot be skipped to" });

// What is new comes by itself, and whoever had something in focus keeps it.
const open = await listened(await context({}));
await open.goto(`${url}/accuracy`);
const link = open.locator("main a").first();
await link.focus();
const before = await open.locator("body").getAttribute("data-revision");
await promisify(execFile)(command, args);
await open.waitForFunction((before) => document.body.dataset.revision !== before, before);
await open.locator("[data-chart=weeks] canvas").waitFor();
if (!(await open.evaluate(() => document.activeElement.matches("main a")))) told.findings.push({ page: "/accuracy", id: "the focus was lost" });

await browser.close();
process.stdout.write(`${JSON.stringify(told)}\n`);
