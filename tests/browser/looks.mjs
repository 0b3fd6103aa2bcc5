// How each screen looks, with nothing, with much and with ugly data: pictures, barriers, and nothing wider than the window.

import assert from "node:assert/strict";

import { SCREENS, barriers, picture, until, visitor } from "./browser.mjs";
import { Gateway, receiver } from "./gateway.mjs";

const WINDOWS = [
  { size: { width: 1300, height: 900 }, colours: "light" },
  { size: { width: 1300, height: 900 }, colours: "dark" },
  { size: { width: 360, height: 760 }, colours: "light" },
  { size: { width: 360, height: 760 }, colours: "dark" },
];

const UGLY = [
  { firstName: "<script>alert(1)</script>", lastName: "<img src=x onerror=alert(1)>", login: "html.person" },
  { firstName: "محمد", lastName: "عبد الرحمن", login: "mohammed" },
  { firstName: "A".repeat(400), lastName: "Wolfeschlegelsteinhausenbergerdorff".repeat(6), login: "long.person" },
  { firstName: "\u202Etxet desrever", lastName: "O'Neill & Söhne \"GmbH\"", login: "quotes'person" },
];

async function all_screens(browser, gateway, state) {
  const page = await visitor(browser, gateway, "helen");
  const wrong = [];
  for (const { size, colours } of WINDOWS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: colours });
    for (const screen of SCREENS) {
      const name = `${state}${screen.replace("/", "-") || "-now"}-${size.width}-${colours}`;
      await page.goto(gateway.url(`/console${screen}`));
      await page.waitForTimeout(100);
      await picture(page, name);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > size.width) wrong.push(`${name} is ${width} wide`);
      wrong.push(...(await barriers(page)).map((barrier) => `${name}: ${barrier}`));
    }
  }
  wrong.push(...page.wrong);
  await page.context().close();
  assert.deepEqual(wrong, []);
  return `${WINDOWS.length * SCREENS.length} pictures without a barrier`;
}

export async function every_screen_with_no_data({ program, browser }) {
  const gateway = new Gateway(program);
  gateway.command("init", ".");
  gateway.settings();
  await gateway.start();
  const told = await all_screens(browser, gateway, "empty");
  await gateway.remove();
  return told;
}

export async function every_screen_with_much_and_ugly_data({ program, browser }) {
  const [gateway, dead] = [new Gateway(program), await receiver()];
  dead.state.status = 400;
  gateway.command("init", ".");
  gateway.settings(`destinations:\n  itsm: { http: "${dead.url}", allow: [127.0.0.1] }\n`);
  gateway.write("rules/send.yaml", "hook: postCreateUser\nrules:\n  - name: tell-itsm\n    deliver: { to: itsm, body: { login: \"${user.login}\" } }\n");
  await gateway.start();
  for (let n = 0; n < 120; n += 1) {
    const user = { ...UGLY[n % UGLY.length], mobile: n % 3 ? "9820012345" : "12", email: "a@corp.example", department: "IT" };
    await gateway.call("validateUser", { request: { user } });
    if (n % 10 === 0) await gateway.call("postCreateUser", { request: { user } });
  }
  const told = await all_screens(browser, gateway, "ugly");
  const page = await visitor(browser, gateway, "helen");
  for (const screen of SCREENS) {
    await page.goto(gateway.url(`/console${screen}`));
    assert.equal(await page.locator('main script:not([src^="/console/assets/"]), main img').count(), 0, `HTML of a person became HTML at ${screen}`);
  }
  await page.context().close();
  await gateway.remove();
  dead.close();
  return told;
}

export async function ten_thousand_rules_are_shown_in_parts({ program, browser }) {
  const gateway = new Gateway(program);
  gateway.command("init", ".");
  gateway.settings();
  const rule = (n) => `  - name: rule-${n}\n    when: { user.department: D${n} }\n    reject: Code${n}\n`;
  for (let file = 0; file < 20; file += 1) {
    const rules = Array.from({ length: 500 }, (_, n) => rule(file * 500 + n));
    gateway.write(`rules/many-${file}.yaml`, `hook: validateUser\nrules:\n${rules.join("")}`);
  }
  await gateway.start();
  const page = await visitor(browser, gateway, "helen");
  const told = [];
  for (const screen of SCREENS) {
    await page.goto(gateway.url(`/console${screen}`));
    const size = (await page.content()).length;
    assert.ok(size < 2_000_000, `${screen} has ${size} letters`);
    const first = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    told.push(`${screen || "/now"} ${Math.round(first ?? 0)} ms`);
  }
  await picture(page, "many-rules");
  await page.context().close();
  await gateway.remove();
  return `first paint: ${told.join(", ")}`;
}

// What tests/tools/screenshot keeps: a refusal, and why.
export async function the_picture_of_the_readme({ program, browser }) {
  const gateway = new Gateway(program);
  gateway.command("init", ".");
  gateway.settings();
  await gateway.start();
  const people = [
    ["validateUser", { login: "meera.iyer", firstName: "Meera", lastName: "Iyer", mobile: "+91 98765 43210", email: "meera.iyer@corp.example" }],
    ["preCreateUser", { login: "meera.iyer", firstName: " meera", lastName: "Iyer ", mobile: "9876543210", email: "Meera.Iyer@corp.example" }],
    ["validateUser", { login: "tom.berg", firstName: "Tom", lastName: "Berg", mobile: "12", email: "tom.berg@corp.example" }],
    ["runDeprovision", { login: "ravi.menon", status: "INACTIVE", endDate: "10-Jan-2026" }],
    ["validateUser", { login: "new.hire", firstName: "Nila", lastName: "Kumar", mobile: "+91 98200 12345", email: "nila.kumar@corp.example" }],
  ];
  for (const [hook, user] of people) await gateway.call(hook, { request: { user } });
  const page = await visitor(browser, gateway, "helen", { viewport: { width: 1300, height: 760 } });
  await page.goto(gateway.url("/console/decisions"));
  await page.locator("a[data-panel]").first().click();
  await until("the panel", () => page.locator("#panel:not([hidden])").isVisible());
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement.blur());
  await picture(page, "readme", false);
  await page.context().close();
  await gateway.remove();
}
