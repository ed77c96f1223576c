// Opens pages in Chromium and prints, as JSON, what is wrong with each: accessibility (axe, WCAG 2.2 AA), console
// messages, requests to anywhere but the page itself, content wider than the window, and on
// how many A4 pages it prints.
// usage: node check.mjs CHROMIUM FILE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, ...files] = process.argv.slice(2);
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS = [320, 640, 1280]; // 640 of 1280 stands for a zoom of 200 %

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const found = {};
for (const file of files) {
  const url = pathToFileURL(file).href;
  const report = (found[file] = { violations: [], console: [], requests: [], wide: [], text: "", pages: 0 });
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  page.on("console", (message) => report.console.push(message.text()));
  page.on("pageerror", (error) => report.console.push(String(error)));
  page.on("request", (request) => request.url() !== url && report.requests.push(request.url()));
  await page.goto(url);
  await page.evaluate(axe);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const room = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    if (room[0] > room[1]) report.wide.push(`${room[0]} px of content in ${width} px`);
    const result = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), WCAG);
    report.violations.push(...result.violations.map((one) => `${width} px: ${one.id}: ${one.nodes[0].html.slice(0, 200)}`));
  }
  await context.close();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const quiet = await plain.newPage();
  quiet.on("console", (message) => report.console.push(message.text()));
  quiet.on("request", (request) => request.url() !== url && report.requests.push(request.url()));
  await quiet.goto(url);
  report.text = await quiet.locator("body").innerText();
  report.pages = (await quiet.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  await plain.close();
}
await browser.close();
console.log(JSON.stringify(found));
