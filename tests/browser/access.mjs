// Who gets in, what each may see, and what is refused.

import assert from "node:assert/strict";

import { SCREENS, text, visitor } from "./browser.mjs";
import { CANARY, Gateway, PASSWORD } from "./gateway.mjs";

async function gateway(program) {
  const gateway = new Gateway(program);
  gateway.command("init", ".");
  gateway.settings();
  return gateway.start();
}

export async function nobody_gets_in_without_a_password({ program, browser }) {
  const it = await gateway(program);
  const page = await visitor(browser, it, null);
  for (const screen of SCREENS.slice(1)) {
    await page.goto(it.url(`/console${screen}`));
    assert.match(page.url(), /\/console\/login/, screen);
  }
  await page.goto(it.url("/console/login"));
  await page.fill("input[name=name]", "helen");
  await page.fill("input[name=password]", "not the password");
  await page.keyboard.press("Enter");
  await page.waitForURL(/why=wrong/);
  assert.match(await text(page), /name or password/i);
  assert.ok(!(await page.content()).includes("not the password"));
  await page.context().close();
  await it.remove();
}

export async function a_session_ends_with_its_time_and_at_the_way_out({ program, browser }) {
  const it = await gateway(program);
  const page = await visitor(browser, it, "vera");
  await page.goto(it.url("/console/rules"));
  assert.doesNotMatch(page.url(), /login/);
  const [cookie] = await page.context().cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite === "Strict", JSON.stringify(cookie));
  await page.getByRole("button", { name: "Log out" }).click();
  await page.goto(it.url("/console/rules"));
  assert.match(page.url(), /login/);
  // The cookie of a session that was ended lets nobody in.
  await page.context().addCookies([cookie]);
  await page.goto(it.url("/console/rules"));
  assert.match(page.url(), /login/);
  await page.context().close();
  await it.remove();
}

export async function forms_and_frames_of_others_are_refused({ program, browser }) {
  const it = await gateway(program);
  const page = await visitor(browser, it, "helen");
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const post = (headers, body) =>
    fetch(it.url("/console/changes/reload"), { method: "POST", redirect: "manual", body, headers: {
      cookie, "content-type": "application/x-www-form-urlencoded", ...headers } });
  assert.equal((await post({}, "")).status, 403, "without the token of the form");
  const csrf = await page.locator("input[name=csrf]").first().inputValue();
  assert.equal((await post({ origin: "https://evil.example" }, `csrf=${csrf}`)).status, 403, "from another origin");
  const answer = await fetch(it.url("/console"), { headers: { cookie } });
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'; script-src 'self'.*frame-ancestors 'none'/);
  assert.equal(answer.headers.get("x-frame-options"), "DENY");
  await page.context().close();
  await it.remove();
}

// A viewer's pages, parts and event streams, all that links lead to.
export async function a_viewer_reads_no_name_and_nobody_a_password({ program, browser }) {
  const it = await gateway(program);
  const user = { firstName: CANARY.name, lastName: "Rao", login: CANARY.name.toLowerCase(), mobile: "9820012345", email: `${CANARY.name}@corp.example` };
  for (const mobile of ["9820012345", "12"]) {
    await it.call("validateUser", { request: { user: { ...user, mobile } } });
    await it.call("preCreateUser", { user: { ...user, mobile } });
  }
  await it.call("changePassword", { request: { user: { ...user, password: CANARY.password }, newPassword: CANARY.password } });
  let pages = 0;
  for (const [who, hidden] of [["vera", [CANARY.name, CANARY.password]], ["helen", [CANARY.password]]]) {
    const page = await visitor(browser, it, who);
    const [{ name, value }] = await page.context().cookies();
    const seen = new Set();
    const waiting = SCREENS.map((screen) => `/console${screen}`);
    while (waiting.length && seen.size < 300) {
      const path = waiting.pop();
      if (seen.has(path)) continue;
      seen.add(path);
      const stop = AbortSignal.timeout(path.includes("live") ? 1500 : 10_000);
      const parts = [];
      try {
        const answer = await fetch(it.url(path), { headers: { cookie: `${name}=${value}` }, signal: stop });
        for await (const part of answer.body) parts.push(Buffer.from(part));
      } catch (error) {
        if (error.name !== "TimeoutError") throw error;
      }
      const html = Buffer.concat(parts).toString();
      for (const secret of hidden) {
        assert.ok(!html.toLowerCase().includes(secret.toLowerCase()), `${who} reads ${secret} at ${path}`);
      }
      for (const [, link] of html.matchAll(/(?:href|data-live|src)="(\/console[^"#]*)"/g)) {
        if (!link.includes("/assets/")) waiting.push(link.replaceAll("&amp;", "&"));
      }
      pages += 1;
    }
    await page.context().close();
  }
  assert.ok(!it.log.includes(CANARY.password));
  await it.remove();
  return `${pages} pages and streams`;
}

export async function a_wrong_password_too_often_is_turned_away_for_a_while({ program, browser }) {
  const it = await gateway(program);
  const login = (password) =>
    fetch(it.url("/console/login"), { method: "POST", redirect: "manual", body: new URLSearchParams({ name: "helen", password }),
      headers: { origin: `http://${it.admin}` } });
  let last;
  for (let n = 0; n < 15; n += 1) last = await login(`wrong ${n}`);
  assert.match(last.headers.get("location") ?? String(last.status), /limited|429/);
  const right = await login(PASSWORD);
  assert.match(right.headers.get("location") ?? String(right.status), /limited|429/, "the right one is not told apart meanwhile");
  await it.remove();
}
