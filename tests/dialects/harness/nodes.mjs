// Several servers on one database with a Redis between them, and a balancer that gives each request to another one.
//
// The database is on the server that `scripts/with-database` started, or a file of SQLite if there is none.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, createServer, request } from "node:http";
import { connect, createServer as listen } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before } from "node:test";
import { launch, sleep } from "./process.mjs";
import { ROOMY, Sapa } from "./sapa.mjs";

/** So many servers, `door`, which leads to each in turn, and `redis`; for all tests of a file. */
export function useNodes(count, env = {}) {
  const nodes = [];
  const redis = new Redis();
  const door = new Sapa();
  const balancer = new Balancer(nodes);
  let folder;
  let drop;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sapa-nodes-"));
    await redis.start(folder);
    const database = makeDatabase(folder);
    drop = database.drop;
    for (let n = 0; n < count; n++) {
      nodes.push(new Sapa({ ...ROOMY, DATABASE_URL: database.url, REDIS_URL: redis.url, ...env }));
      await nodes[n].start();
    }
    for (const node of nodes) await reaches(node, "connected");
    door.url = await balancer.start();
  });
  const all = () => [...nodes, door];
  afterEach(() => all().forEach((each) => each.hangUp()));
  after(async () => {
    for (const each of all()) await each.close();
    await balancer.close();
    await redis.end();
    drop?.();
    await rm(folder, { recursive: true, force: true });
    for (const { log } of nodes) assert.doesNotMatch(log, /panicked|"level":"ERROR"/);
  });
  return { nodes, door, redis };
}

/** Waits until the server says `connected` or `unreachable` of Redis. */
export async function reaches(node, state) {
  for (const deadline = Date.now() + 20_000; ; await sleep(20)) {
    const { status, body } = await node.call(undefined, "GET", "/readyz");
    assert.equal(status, 200, JSON.stringify(body));
    if (body.redis === state) return;
    assert.ok(Date.now() < deadline, `it says ${JSON.stringify(body)}`);
  }
}

class Redis {
  #program;
  #port;
  #folder;

  async start(folder = this.#folder) {
    this.#folder = folder;
    this.#port ??= await freePort();
    this.url = `redis://127.0.0.1:${this.#port}`;
    const args = ["--port", `${this.#port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder];
    this.#program = launch("redis-server", { args });
    while (!(await this.#accepts())) await sleep(10);
  }

  /** SIGKILL; what it knew is gone. */
  end = () => this.#program?.end("SIGKILL");

  #accepts() {
    return new Promise((resolve) => {
      const socket = connect(this.#port, "127.0.0.1", () => resolve(true));
      socket.on("connect", () => socket.destroy()).on("error", () => resolve(false));
    });
  }
}

/** Gives each request and each upgrade to the next server; to another one if that one is not there. */
class Balancer {
  #nodes;
  #turn = 0;
  #server;
  #agent = new Agent({ keepAlive: false });

  constructor(nodes) {
    this.#nodes = nodes;
  }

  async start() {
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
    this.#server.on("upgrade", (asked, socket, head) => this.#join(asked, socket, head));
    this.#server.keepAliveTimeout = 0;
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Where a request goes, and where else. */
  #next() {
    const turn = this.#turn++ % this.#nodes.length;
    return [...this.#nodes.slice(turn), ...this.#nodes.slice(0, turn)].map(({ url }) => new URL(url));
  }

  async #pass(asked, answer) {
    const chunks = [];
    for await (const chunk of asked) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const attempt = ([{ hostname, port }, ...others]) => {
      const { method, url: path, headers } = asked;
      const passed = request({ hostname, port, method, path, headers, agent: this.#agent }, (given) => {
        answer.writeHead(given.statusCode, given.headers);
        given.pipe(answer);
        given.on("error", () => answer.destroy());
      });
      passed.on("error", (error) => {
        if (error.code === "ECONNREFUSED" && others.length > 0) return attempt(others);
        if (answer.headersSent) return answer.destroy();
        answer.writeHead(502).end();
      });
      answer.on("close", () => passed.destroy());
      passed.end(body);
    };
    attempt(this.#next());
  }

  #join(asked, socket, head) {
    const attempt = ([{ hostname, port }, ...others]) => {
      const far = connect(port, hostname, () => {
        const lines = [`${asked.method} ${asked.url} HTTP/1.1`];
        for (let n = 0; n < asked.rawHeaders.length; n += 2) lines.push(asked.rawHeaders.slice(n, n + 2).join(": "));
        far.write(`${lines.join("\r\n")}\r\n\r\n`);
        far.write(head);
        far.pipe(socket).pipe(far);
      });
      far.on("error", (error) => {
        if (error.code === "ECONNREFUSED" && others.length > 0) return attempt(others);
        socket.destroy();
      });
      far.on("close", () => socket.destroy());
      socket.on("error", () => far.destroy()).on("close", () => far.destroy());
    };
    attempt(this.#next());
  }
}

/** `{url, drop}` of a database for these servers alone. */
function makeDatabase(folder) {
  const { SAPA_TEST_DATABASE: kind = "sqlite", SAPA_TEST_DATABASE_URL: own } = process.env;
  if (kind === "sqlite") return { url: `sqlite:${join(folder, "sapa.db")}`, drop: () => {} };
  assert.equal(kind, "postgres", "these tests know SQLite and Postgres");
  const name = `sapa_dialects_${process.pid}`;
  const tell = (statement) => execFileSync("psql", ["--quiet", "--dbname", own, "--command", statement]);
  tell(`CREATE DATABASE ${name}`);
  return { url: own.replace(/[^/]*$/, name), drop: () => tell(`DROP DATABASE ${name} WITH (FORCE)`) };
}

function freePort() {
  return new Promise((resolve) => {
    const server = listen().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
