// The proxies' configurations of this folder before a running Sapa: `node --test deploy/`.
// Needs Debian's packages nginx, caddy and openssl (NGINX and CADDY name the programs where they are elsewhere), the built
// program (SAPA_BIN, or target/debug/sapa) and the modules of tests/dialects (`npm --prefix tests/dialects ci`).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:http2";
import { request } from "node:https";
import { createRequire } from "node:module";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, sleep } from "../tests/dialects/harness/process.mjs";
import { SECRET, person } from "../tests/dialects/harness/tokens.mjs";

const here = import.meta.dirname;
const { io } = createRequire(join(here, "../tests/dialects/package.json"))("socket.io-client");
const SAPA = process.env.SAPA_BIN ?? join(here, "../target/debug/sapa");
/** What "at once" means here: far below the heartbeat, which would push out what a proxy keeps. */
const AT_ONCE = 2_000;
const STREAMS = 20;

/** A proxy that is not installed is passed over, unless the test command has installed it. */
const found = (program) => (process.env.REQUIRE_PROXIES || !spawnSync(program, ["-v"]).error ? program : undefined);
const PROXIES = {
  nginx: { program: found(process.env.NGINX ?? "/usr/sbin/nginx"), start: startNginx },
  Caddy: { program: found(process.env.CADDY ?? "caddy"), start: startCaddy },
};

for (const [name, { program, start }] of Object.entries(PROXIES)) {
  describe(name, { skip: program ? false : `${name} is not installed` }, () => {
    let folder, sapa, proxy, base, direct;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "sapa-proxy-"));
      certify(folder);
      const [node, dead, port, plain] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
      sapa = serve(folder, node);
      direct = await sapa.address();
      base = `https://localhost:${port}`;
      proxy = start(program, folder, { node, dead, port, plain });
      await eventually(`${name} listens`, () => accepts(port), 15_000);
    });
    after(async () => {
      await proxy?.end("SIGTERM");
      await sapa?.end();
      rmSync(folder, { recursive: true, force: true });
    });

    test("passes calls on, but not the metrics", async () => {
      for (let n = 0; n < 10; n++) assert.equal((await ask(`${base}/healthz`)).status, 200, "a node that is gone is passed over");
      assert.equal((await ask(`${base}/metrics`)).status, 404);
    });

    test("passes the frames of many streams on at once, over one connection of HTTP/2", async () => {
      const customer = person(7, "Budi", "USER");
      const room = (await ask(`${base}/api/chat/rooms`, { token: customer.token, body: { message: "Hello" } })).json.id;
      const session = connect(base, { rejectUnauthorized: false });
      const streams = await Promise.all(Array.from({ length: STREAMS }, () => listen(session, room, customer.token)));
      for (let n = 0; n < 5; n++) {
        const text = `message ${n}`;
        const sent = Date.now();
        await ask(`${base}/api/chat/rooms/${room}`, { token: customer.token, body: { message: text } });
        await Promise.all(streams.map((stream) => stream.hears(text)));
        assert.ok(Date.now() - sent < AT_ONCE, `a frame took ${Date.now() - sent} ms`);
      }
      const open = Number(await streamsOpen(direct));
      session.destroy();
      await eventually("the node knows that its readers are gone", async () => Number(await streamsOpen(direct)) <= open - STREAMS);
    });

    test("passes Socket.IO on, by websocket and by polling", async () => {
      for (const [n, transports] of [["websocket"], ["polling"], ["polling", "websocket"]].entries()) {
        const { token } = person(20 + n, "Citra", "USER");
        const socket = io(`${base}/support`, { transports, auth: { token }, rejectUnauthorized: false, reconnection: false });
        try {
          const joined = new Promise((resolve, reject) => {
            socket.on("joined_room", resolve);
            socket.on("connect_error", reject);
          });
          socket.emit("join_chat", {});
          await within(5_000, "joined_room", joined);
          const heard = new Promise((resolve) => socket.on("new_message", resolve));
          socket.emit("send_message", { message: transports.join() });
          assert.equal((await within(AT_ONCE, "new_message", heard)).message, transports.join());
          if (transports.includes("websocket")) {
            await eventually("the websocket is used", async () => socket.io.engine.transport.name === "websocket");
          }
        } finally {
          socket.close();
        }
      }
    });

    test("tells the client's address, and none that the client made up", async () => {
      const { token } = person(9, "Dewi", "USER");
      const call = (from, headers) => ask(`${base}/api/chat/rooms`, { token, from, headers });
      const statuses = [];
      for (let n = 0; n < 60; n++) statuses.push((await call("127.0.0.2", { "x-forwarded-for": `10.1.1.${n}` })).status);
      assert.equal(statuses.at(0), 200);
      assert.equal(statuses.at(-1), 429, "the limit of one address is not escaped by a header");
      assert.equal((await call("127.0.0.3")).status, 200, "another address has a limit of its own");
    });

    test("keeps tokens out of the logs, also when the node dies", async () => {
      const { token } = person(7, "Budi", "USER");
      const session = connect(base, { rejectUnauthorized: false });
      session.on("error", () => {});
      const stream = await listen(session, undefined, token);
      await sapa.end("SIGKILL");
      await within(10_000, "the stream's end", stream.ended);
      await ask(`${base}/api/chat/sse?token=${token}`).catch(() => {});
      session.destroy();
      await sleep(200);
      const signature = token.split(".")[2];
      for (const file of files(folder).filter((file) => /log/.test(file))) {
        assert.ok(!readFileSync(file, "utf8").includes(signature), `${file} holds a token`);
      }
      assert.ok(!proxy.log.includes(signature), `the proxy printed a token:\n${proxy.log}`);
    });
  });
}

test("the systemd unit is valid", { skip: spawnSync("systemd-analyze").error ? "no systemd-analyze" : false }, () => {
  const folder = mkdtempSync(join(tmpdir(), "sapa-unit-"));
  const unit = join(folder, "sapa.service");
  writeFileSync(unit, readFileSync(join(here, "sapa.service"), "utf8").replace("/usr/local/bin/sapa", SAPA));
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  assert.deepEqual([status, stderr], [0, ""]);
});

function certify(folder) {
  const options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  assert.equal(spawnSync("openssl", [...options.split(" "), ...names]).status, 0);
}

function serve(folder, port) {
  const env = {
    HOST: "127.0.0.1",
    PORT: String(port),
    JWT_SECRET: SECRET,
    DATABASE_URL: `sqlite:${folder}/sapa.db`,
    SAPA__SERVER__TRUSTED_PROXIES: "127.0.0.1/32",
    SAPA__LIMITS__REQUESTS_PER_SECOND: "1",
    SAPA__LIMITS__REQUESTS_BURST: "50",
  };
  return launch(SAPA, { env, cwd: folder });
}

/** The configuration with ports, nodes and certificate of the test. */
function startNginx(program, folder, { node, dead, port, plain }) {
  const logs = join(folder, "logs");
  mkdirSync(logs);
  const site = readFileSync(join(here, "nginx.conf"), "utf8")
    .replaceAll("127.0.0.1:3000", `127.0.0.1:${node}`)
    .replaceAll("# server 10.0.0.12:3000", `server 127.0.0.1:${dead}`)
    .replaceAll(/listen (\[::\]:)?(80|443)\b/g, (_, six, which) => `listen ${six ? "[::1]:" : ""}${which === "80" ? plain : port}`)
    .replaceAll("chat.shop.example", "localhost")
    .replaceAll("/etc/ssl/localhost.pem", join(folder, "cert.pem"))
    .replaceAll("/etc/ssl/private/localhost.key", join(folder, "key.pem"))
    .replaceAll("/var/log/nginx", logs);
  writeFileSync(join(folder, "site.conf"), site);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((what) => `${what}_temp_path ${folder}/${what};`);
  const main = `daemon off; pid ${folder}/nginx.pid; error_log ${logs}/main.log; worker_processes 2;
    events { worker_connections 1024; }
    http { access_log off; gzip on; ${temporary.join(" ")} include ${folder}/site.conf; }`;
  writeFileSync(join(folder, "nginx.conf"), main);
  const args = ["-p", folder, "-e", join(logs, "main.log"), "-c", join(folder, "nginx.conf")];
  const checked = spawnSync(program, [...args, "-t"], { encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stderr);
  return launch(program, { args, cwd: folder });
}

function startCaddy(program, folder, { node, dead, port }) {
  const config = readFileSync(join(here, "Caddyfile"), "utf8")
    .replace("{\n\t#", "{\n\tadmin off\n\tauto_https disable_redirects\n\t#")
    .replace("respond /metrics 404", `tls ${folder}/cert.pem ${folder}/key.pem\n\trespond /metrics 404`);
  writeFileSync(join(folder, "Caddyfile"), config);
  const env = {
    HOME: folder,
    SAPA_SITE: `https://localhost:${port}`,
    SAPA_NODES: `127.0.0.1:${node} 127.0.0.1:${dead}`,
  };
  const args = ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")];
  return launch(program, { args, cwd: folder, env });
}

/** A port that is free now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

/** One call over a connection of its own, from this address of the machine. */
function ask(url, { token, body, from, headers } = {}) {
  return new Promise((resolve, reject) => {
    const network = { localAddress: from, family: 4, agent: false, rejectUnauthorized: false };
    const options = { ...network, method: body ? "POST" : "GET", headers: { ...headers } };
    if (token) options.headers.authorization = `Bearer ${token}`;
    if (body) options.headers["content-type"] = "application/json";
    const call = request(url, options, async (answer) => {
      let text = "";
      for await (const chunk of answer) text += chunk;
      const isJson = /json/.test(answer.headers["content-type"]);
      resolve({ status: answer.statusCode, json: isJson ? JSON.parse(text) : undefined });
    });
    call.setTimeout(10_000, () => call.destroy(new Error(`${url} does not answer`)));
    call.on("error", reject);
    call.end(body && JSON.stringify(body));
  });
}

/** A stream whose first frame has come. */
async function listen(session, room, token) {
  const query = new URLSearchParams({ token, ...(room ? { roomId: room } : {}) });
  const stream = session.request({ ":path": `/api/chat/sse?${query}`, accept: "text/event-stream", "accept-encoding": "gzip" });
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk) => (text += chunk));
  const reader = {
    hears: (what) => eventually(`${what} in a stream`, async () => text.includes(what), AT_ONCE),
    ended: new Promise((resolve) => ["end", "close", "error"].forEach((event) => stream.on(event, resolve))),
  };
  await reader.hears('"connected"');
  return reader;
}

async function streamsOpen(direct) {
  const text = await (await fetch(`${direct}/metrics`)).text();
  return /^sapa_streams_open (\d+)/m.exec(text)[1];
}

async function eventually(what, condition, patience = 5_000) {
  const deadline = Date.now() + patience;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `waited ${patience} ms in vain: ${what}`);
    await sleep(5);
  }
}

function within(ms, what, promise) {
  return Promise.race([promise, sleep(ms).then(() => assert.fail(`no ${what} within ${ms} ms`))]);
}

function files(folder) {
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
}
