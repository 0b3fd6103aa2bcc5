// Runs the tasks, one after the other, and says what each came to.

import { open } from "./browser.mjs";
import * as access from "./access.mjs";
import { Gateway } from "./gateway.mjs";
import * as looks from "./looks.mjs";
import * as work from "./work.mjs";

const [program, only = ""] = process.argv.slice(2);
const browser = await open();
let failed = 0;
for (const [name, task] of [access, work, looks].flatMap((tasks) => Object.entries(tasks))) {
  if (!name.includes(only)) continue;
  const began = Date.now();
  try {
    const told = await task({ program, browser });
    console.log(`ok      ${name.replaceAll("_", " ")}${told ? `: ${told}` : ""} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name.replaceAll("_", " ")}\n${error.stack}`);
    for (const gateway of [...Gateway.left]) await gateway.remove();
  }
}
await browser.close();
console.log(failed ? `${failed} tasks failed` : "all tasks done");
process.exit(failed ? 1 : 0);
