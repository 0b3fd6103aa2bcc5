// The tasks that people do in the console, as they do them: by mouse and by keyboard alone.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { text, until, visitor } from "./browser.mjs";
import { Gateway, PASSWORD, receiver } from "./gateway.mjs";

const ROW = "a[data-panel]";
// Asha's number, in the table of the starter rules.
const TAKEN = { login: "new.hire", firstName: "Nila", lastName: "Kumar", mobile: "+91 98200 12345", email: "nila@corp.example" };

async function gateway(program, more) {
  const gateway = new Gateway(program);
  gateway.command("init", ".");
  gateway.settings(more);
  return gateway.start();
}

export async function a_refused_call_is_explained_tried_again_and_made_a_test({ program, browser }) {
  const it = await gateway(program);
  const page = await visitor(browser, it, "helen");
  await page.goto(it.url("/console/decisions"));
  await page.waitForTimeout(500);
  const answer = await it.call("validateUser", { request: { user: TAKEN } });
  assert.equal(answer.body.response.message, "MobileAlreadyExist");
  const seen = await until("the call in the list", async () => (await page.locator(ROW).count()) > 0, 3000);
  assert.ok(seen < 1000, `it took ${seen} ms until the call was shown`);

  await page.locator(ROW).first().click();
  await until("the panel", () => page.locator("#panel:not([hidden])").isVisible());
  const panel = await text(page, "#panel");
  for (const told of ["mobile-is-free", "rules/validate.yaml:", "asha.rao", "98200 12345"]) {
    assert.ok(panel.includes(told), `the panel does not say ${told}:\n${panel}`);
  }

  await page.getByRole("link", { name: "Make a test of it" }).click();
  const made = await page.locator("main pre").first().innerText();
  assert.ok(!made.includes("Nila") && !made.includes("98200 12345"), `personal values in the test:\n${made}`);
  await page.goBack();
  await page.goto(it.url("/console/decisions"));
  await page.locator(ROW).first().click();
  await page.getByRole("link", { name: "Open in playground" }).click();
  const request = page.locator("textarea[name=request]");
  await request.fill((await request.inputValue()).replace("98200 12345", "98765 43210"));
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.waitForLoadState();
  assert.doesNotMatch(await text(page, "#result"), /MobileAlreadyExist/);
  assert.match(await text(page, "#result"), /accept|no rule decided/i);

  // As somebody would: at the end of the file's tests, and with the command.
  const file = "rules/validate.yaml";
  it.write(file, `${it.read(file).trimEnd()}\n${made.slice(made.indexOf("  - name:"))}\n`);
  const tested = it.command("test");
  assert.equal(tested.code, 0, `${made}\n${tested.out}${tested.err}`);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await it.remove();
  return `shown after ${seen} ms`;
}

export async function a_mistake_is_told_under_its_line_as_one_types({ program, browser }) {
  const it = await gateway(program);
  const page = await visitor(browser, it, "harry");
  await page.goto(it.url("/console/playground"));
  const rules = page.locator("#rules");
  await rules.fill((await rules.inputValue()).replace("deprovision: true", "deprovisoin: true"));
  await until("the finding", async () => /did you mean/i.test(await text(page, "#findings")), 6000);
  const findings = await text(page, "#findings");
  assert.match(findings, /H201/);
  assert.match(findings, /^18\s/m);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await it.remove();
}

export async function who_else_would_change_is_shown_and_can_be_kept_as_a_patch({ program, browser }) {
  const it = await gateway(program);
  for (let n = 0; n < 30; n += 1) {
    await it.call("validateUser", { request: { user: { ...TAKEN, login: `person.${n}`, mobile: `+91 98765 4${n + 1000}`, email: `p${n}@corp.example` } } });
  }
  const page = await visitor(browser, it, "harry");
  await page.goto(it.url("/console/playground?file=rules/validate.yaml"));
  await page.selectOption("select[name=choose]", "rules/validate.yaml");
  await page.getByRole("button", { name: "Show this file" }).click();
  await page.waitForLoadState();
  const rules = page.locator("#rules");
  const before = await rules.inputValue();
  await rules.fill(before.replace("rules:\n", "rules:\n  - name: nobody-from-here\n    when: { user.login: { matches: '^person[.]1' } }\n    reject: NotFromHere\n"));
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as patch" }).click();
  const patch = readFileSync(await (await waiting).path(), "utf8");
  assert.match(patch, /^\+  - name: nobody-from-here$/m);
  // As somebody would who keeps the rules.
  it.write("change.patch", patch);
  const applied = spawnSync("git", ["apply", "--unsafe-paths", "--directory=rules", "change.patch"], { cwd: it.folder, encoding: "utf8" });
  assert.equal(applied.status, 0, applied.stderr);
  assert.match(it.read("rules/validate.yaml"), /nobody-from-here/);
  const opened = page.context().waitForEvent("page");
  await page.getByRole("button", { name: "Decide them again with these rules" }).click();
  const others = await opened;
  await until("the result", async () => /NotFromHere/.test(await text(others)), 20_000);
  assert.match(await text(others), /30[\s\S]*NotFromHere: 11|NotFromHere[\s\S]*11/);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await it.remove();
}

export async function a_dead_letter_is_sent_again_and_arrives({ program, browser }) {
  const service = await receiver();
  service.state.status = 400;
  const it = new Gateway(program);
  it.command("init", ".");
  it.settings(`destinations:\n  itsm: { http: "${service.url}", allow: [127.0.0.1] }\n`);
  it.write("rules/tell.yaml", 'hook: postCreateUser\nrules:\n  - name: tell-itsm\n    deliver: { to: itsm, body: { login: "${user.login}" } }\n');
  await it.start();
  await it.call("postCreateUser", { request: { user: TAKEN } });
  await until("the attempt", () => service.state.got.length > 0);
  const page = await visitor(browser, it, "helen");
  await until("the dead letter", async () => {
    await page.goto(it.url("/console/deliveries"));
    return /dead/.test(await text(page, "main")) && (await page.locator(ROW).count()) > 0;
  });
  await page.locator(ROW).first().click();
  await until("the panel", () => page.locator("#panel:not([hidden])").isVisible());
  assert.match(await text(page, "#panel"), /400/);
  service.state.status = 200;
  const before = service.state.got.length;
  await page.getByRole("button", { name: /Redrive: send/ }).click();
  await until("its arrival", () => service.state.got.length > before);
  assert.equal(service.state.got.at(-1).key, service.state.got[0].key);
  await until("an empty list", async () => {
    await page.goto(it.url("/console/deliveries"));
    return (await page.locator(ROW).count()) === 0;
  });
  const used = it.read("console.jsonl");
  assert.match(used, /"who":"helen"/);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await it.remove();
  service.close();
}

export async function older_rules_are_put_back({ program, browser }) {
  const it = await gateway(program);
  const page = await visitor(browser, it, "helen");
  it.write("rules/more.yaml", "hook: validateUser\nrules:\n  - name: nobody\n    when: { user.login: new.hire }\n    reject: Nobody\n");
  const refused = async () => (await it.call("validateUser", { request: { user: { ...TAKEN, mobile: "+91 98765 43210" } } })).body?.response?.message;
  await until("the new rule in force", async () => (await refused()) === "Nobody", 15_000);
  await page.goto(it.url("/console/changes"));
  await page.getByRole("button", { name: "Go back to these" }).last().click();
  await page.waitForLoadState();
  await until("the older rules in force", async () => (await refused()) !== "Nobody");
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await it.remove();
}

// Tab, Enter, arrows and letters; no click.
export async function everything_is_reached_by_the_keyboard_alone({ program, browser }) {
  const it = await gateway(program);
  await it.call("validateUser", { request: { user: TAKEN } });
  const page = await visitor(browser, it, "helen");
  const focused = () => page.evaluate(() => (document.activeElement?.innerText || document.activeElement?.name || "").trim());
  const tab_to = async (wanted) => {
    for (let n = 0; n < 80; n += 1) {
      await page.keyboard.press("Tab");
      if (wanted.test(await focused())) return;
    }
    throw new Error(`the keyboard does not reach ${wanted}, last ${await focused()}`);
  };
  await tab_to(/^Person$/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/person/);
  await tab_to(/^q$/);
  await page.keyboard.type("new.hire");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=new/);
  assert.match(await text(page), /MobileAlreadyExist[\s\S]*asha\.rao/);
  await page.goto(it.url("/console/decisions"));
  await tab_to(/^\d{4}-\d\d-\d\d/);
  await page.keyboard.press("Enter");
  await until("the panel", () => page.locator("#panel:not([hidden])").isVisible());
  assert.equal(await page.evaluate(() => document.activeElement.id), "panel");
  await page.keyboard.press("Escape");
  assert.match(await focused(), /^\d{4}-/);
  await page.goto(it.url("/console/changes"));
  await tab_to(/^Read the rules folder now$/);
  // The state of before is "loaded" until the next page comes.
  await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press("Enter")]);
  await page.waitForLoadState();
  await page.goto(it.url("/console/playground"));
  await tab_to(/^Try$/);
  await page.keyboard.press("Enter");
  await page.waitForLoadState();
  assert.doesNotMatch(await text(page, "#result"), /Press/);
  await page.goto(it.url("/console/setup"));
  await tab_to(/^Play save & test$/);
  await page.keyboard.press("Enter");
  await until("what it found", async () => /HTTP 200|accepted|let in/i.test(await text(page)), 8000);
  await page.goto(it.url("/console"));
  await tab_to(/^Log out$/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/login/);
  await page.context().close();
  await it.remove();
}

// What is shown without any module of ours.
export async function pages_are_read_without_scripts({ program, browser }) {
  const it = await gateway(program);
  await it.call("validateUser", { request: { user: TAKEN } });
  const page = await visitor(browser, it, "harry", { javaScriptEnabled: false });
  await page.goto(it.url("/console/decisions"));
  await page.locator(ROW).first().click();
  await page.waitForURL(/one/);
  assert.match(await text(page), /mobile-is-free/);
  await page.goto(it.url("/console/rules"));
  assert.match(await text(page), /mobile-is-free/);
  await page.context().close();
  await it.remove();
}

export async function a_page_says_that_it_is_old_when_hookgate_is_gone({ program, browser }) {
  const it = await gateway(program);
  const page = await visitor(browser, it, "helen");
  await page.goto(it.url("/console"));
  await page.waitForTimeout(300);
  it.process.kill("SIGKILL");
  await until("the bar", async () => /no connection to hookgate/i.test(await text(page)), 10_000);
  await page.context().close();
  await it.remove();
}

export async function a_login_leads_back_to_the_page_that_was_wanted({ program, browser }) {
  const it = await gateway(program);
  const page = await visitor(browser, it, null);
  await page.goto(it.url("/console/decisions?q=hook:validateUser"));
  await page.fill("input[name=name]", "vera");
  await page.fill("input[name=password]", PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(/decisions\?q=hook%3AvalidateUser/);
  await page.context().close();
  await it.remove();
}
