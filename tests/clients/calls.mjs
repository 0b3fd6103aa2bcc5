// Node's HTTP client, with connections that are kept, as frameworks use it.
//   node calls.mjs REQUESTS ROUNDS AT_ONCE WAY=HOST:PORT ...
import fs from "node:fs";
import http from "node:http";

const [folder, rounds, atOnce, ...ways] = process.argv.slice(2);
const names = fs.readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
const hooks = names.map((name) => [name.replace(/\.json$/, ""), fs.readFileSync(`${folder}/${name}`)]);

function call(agent, address, name, body) {
  return new Promise((resolve) => {
    const headers = { "Content-Type": "application/json", "Content-Length": body.length };
    const request = http.request(`http://${address}/webhook/${name}`, { method: "POST", agent, headers, timeout: 20000 }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", (error) => resolve(String(error)));
      answer.on("end", () => {
        try {
          JSON.parse(Buffer.concat(parts).toString());
          resolve(answer.statusCode === 200 ? null : `status ${answer.statusCode}`);
        } catch (error) {
          resolve(String(error));
        }
      });
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", (error) => resolve(String(error)));
    request.end(body);
  });
}

for (const way of ways) {
  const [name, address] = way.split("=");
  for (const [manner, lanes] of [["in-turn", 1], ["parallel", Number(atOnce)]]) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: lanes });
    const calls = Array.from({ length: Number(rounds) }, () => hooks).flat();
    const failures = [];
    let next = 0;
    const lane = async () => {
      while (next < calls.length) {
        const [hook, body] = calls[next++];
        const why = await call(agent, address, hook, body);
        if (why) failures.push(`${hook}: ${why}`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    agent.destroy();
    console.log("node", name, manner, calls.length, failures.length);
    failures.slice(0, 3).forEach((why) => console.error("node", name, manner, why));
  }
}
