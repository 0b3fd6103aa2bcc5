// A gateway of the program under test, in a folder of its own, with what the tasks need: rules that refuse, a destination that
// can be made to fail, users with different rights.

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const PASSWORD = "correct-horse-1";
export const CANARY = { password: "Canary-Passw0rd-7781", name: "Zzyzxcanaryname" };
const RIGHTS = { helen: "look, people, act", harry: "look, people", vera: "look" };

// A service that deliveries go to; it answers with the status that it is told to.
export async function receiver() {
  const state = { status: 200, got: [] };
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      state.got.push({ body: Buffer.concat(parts).toString(), key: request.headers["idempotency-key"] });
      response.writeHead(state.status).end(state.status < 300 ? "ok" : "not today");
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { state, url: `http://127.0.0.1:${server.address().port}/events`, close: () => server.close() };
}

export class Gateway {
  // Those that no task has removed: one that failed leaves its own behind.
  static left = new Set();

  constructor(program) {
    Gateway.left.add(this);
    this.program = program;
    this.folder = mkdtempSync(join(tmpdir(), "hookgate-console-"));
  }

  command(...args) {
    const ran = spawnSync(this.program, args, { cwd: this.folder, encoding: "utf8", input: this.input });
    return { code: ran.status, out: ran.stdout, err: ran.stderr };
  }

  write(name, text) {
    mkdirSync(resolve(this.folder, name, ".."), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  read(name) {
    return readFileSync(join(this.folder, name), "utf8");
  }

  // gateway.yaml with users, and what else is given.
  settings(more = "", login = true) {
    this.input = `${PASSWORD}\n`;
    this.hash ??= this.command("console", "hash").out.match(/\$argon2id\$\S+?(?=["'\s]|$)/)[0];
    const users = Object.entries(RIGHTS).map(
      ([name, rights]) => `      - { name: ${name}, password_hash: "${this.hash}", rights: [${rights}] }\n`,
    );
    const admin = `admin:\n  listen: 127.0.0.1:0\n${login ? `  login:\n    users:\n${users.join("")}` : ""}`;
    this.write("gateway.yaml", `listen: 127.0.0.1:0\ninsecure: true\ntime_zone: UTC\n${admin}${more}`);
  }

  // Starts it and waits until it answers; says what it printed first.
  async start(environment = {}) {
    this.process = spawn(this.program, ["serve"], { cwd: this.folder, env: { ...process.env, ...environment } });
    this.log = "";
    const found = (pattern) => this.log.match(pattern)?.[1];
    await new Promise((done, failed) => {
      const take = (part) => {
        this.log += part;
        this.hooks = found(/listening.*?address=?"?:?\s*"?([\d.]+:\d+)/s) && this.address("listening");
        this.admin = this.address("the admin listener is there");
        if (this.hooks && this.admin) done();
      };
      this.process.stdout.on("data", take);
      this.process.stderr.on("data", take);
      this.process.on("exit", () => failed(new Error(`the gateway ended:\n${this.log}`)));
    });
    this.process.removeAllListeners("exit");
    return this;
  }

  // The address in the line of the log that has this message.
  address(message) {
    const line = this.log.split("\n").find((line) => line.includes(message) && /address/.test(line));
    return line?.match(/127\.0\.0\.1:\d+/)?.[0];
  }

  url(path = "/console") {
    return `http://${this.admin}${path}`;
  }

  // Calls a hook as the platform does.
  async call(hook, body) {
    const answer = await fetch(`http://${this.hooks}/${hook}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, id: answer.headers.get("x-request-id"), body: await answer.json().catch(() => null) };
  }

  async stop() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((done) => this.process.once("exit", done));
      this.process.kill("SIGTERM");
      await ended;
    }
  }

  async remove() {
    await this.stop();
    Gateway.left.delete(this);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
