// The browser, and what all tasks do with it: log in, read, look for barriers, take pictures.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { PASSWORD } from "./gateway.mjs";

const packages = createRequire(`${process.env.PACKAGES}/`);
const { chromium } = packages("playwright-core");
const AXE = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");
// Kept by whoever runs the gate, and never in the repository.
const PICTURES = "target/browser";

export const SCREENS = ["", "/person", "/decisions", "/playground", "/rules", "/changes", "/deliveries", "/setup"];

export async function open() {
  mkdirSync(PICTURES, { recursive: true });
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
}

// A browser of its own for a visitor, with what went wrong in it: errors of modules, and what the policy of the page refused.
export async function visitor(browser, gateway, name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1300, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.wrong = [];
  page.on("pageerror", (error) => page.wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) page.wrong.push(message.text());
  });
  if (name) {
    await page.goto(gateway.url("/console/login"));
    await page.fill("input[name=name]", name);
    await page.fill("input[name=password]", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !url.pathname.endsWith("/login"));
  }
  return page;
}

export async function text(page, selector = "main") {
  return page.locator(selector).first().innerText();
}

// Barriers that axe-core calls serious or critical.
export async function barriers(page) {
  // By the debugger: the page's own policy lets no script in that is not the console's.
  await page.evaluate(AXE);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(" | ")}`);
}

export async function picture(page, name, fullPage = true) {
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage });
}

// Waits until something holds, for so many milliseconds; says how long it took.
export async function until(what, holds, limit = 5000) {
  const began = Date.now();
  for (;;) {
    if (await holds()) return Date.now() - began;
    if (Date.now() - began > limit) throw new Error(`not in ${limit} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
