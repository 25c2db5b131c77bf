// The server under test on a database of its own, and the people who talk to it.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, afterEach, before } from "node:test";
import { open } from "./client.mjs";
import { launch, sleep } from "./process.mjs";
import { SECRET, person } from "./tokens.mjs";
import { Stream } from "./stream.mjs";

const repository = resolve(import.meta.dirname, "../../..");
const SAPA = process.env.SAPA_BINARY ?? join(repository, "target/debug/sapa");
const FIXTURE = process.env.PROTOCOL_SERVER_BINARY ?? join(repository, "target/debug/examples/protocol_server");

/** Limits that no test of something else should meet, and no admin who gets rooms by chance. */
export const ROOMY = {
  SAPA__LIMITS__WRITES_PER_SECOND: "1000",
  SAPA__LIMITS__WRITES_BURST: "10000",
  SAPA__LIMITS__REQUESTS_PER_SECOND: "5000",
  SAPA__LIMITS__REQUESTS_BURST: "20000",
  SAPA__LIMITS__STREAMS_PER_USER: "100",
  SAPA__SOCKETIO__EVENTS_PER_SECOND: "1000",
  SAPA__SOCKETIO__EVENTS_BURST: "10000",
  SAPA__ROOMS__AUTO_ASSIGN: "false",
  SAPA__PRESENCE__OFFLINE_GRACE_SECONDS: "1",
};

let people = 0;

/** A server, or the address of one that others run. */
export class Sapa {
  #env;
  #folder;
  #port = "0";
  #program;
  #earlierLog = "";
  #open = [];

  constructor(env) {
    this.#env = env;
  }

  /** Starts it; a second time on the same port and database. */
  async start() {
    this.#folder ??= await mkdtemp(join(tmpdir(), "sapa-dialects-"));
    this.#earlierLog = this.log;
    const env = {
      HOST: "127.0.0.1",
      PORT: this.#port,
      DATABASE_URL: `sqlite:${join(this.#folder, "sapa.db")}`,
      JWT_SECRET: SECRET,
      SAPA_ENV: "production",
      ...this.#env,
    };
    this.#program = launch(SAPA, { args: ["serve"], env, cwd: this.#folder });
    this.url = await this.#program.address();
    this.#port = new URL(this.url).port;
  }

  /** SIGKILL, as a power cut would. */
  kill = () => this.#program.end("SIGKILL");

  /** SIGTERM, as a rolling upgrade would. */
  stop = () => this.#program.end("SIGTERM");

  /** Closes what the test opened. */
  hangUp() {
    for (const each of this.#open.splice(0)) each.close();
  }

  async close() {
    this.hangUp();
    await this.#program?.end();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  /** Resident memory of the server in KiB. */
  memory = () => this.#program.memory();

  get log() {
    return this.#earlierLog + (this.#program?.log ?? "");
  }

  customer = (name = "Budi", options) => person(++people, name, "USER", options);
  admin = (name = "Sari", options) => person(++people, name, "ADMIN", options);

  /** Makes these people known to the server. */
  async meet(...people) {
    for (const each of people) await this.call(each, "GET", "/api/chat/rooms?limit=1");
  }

  /** A client that begins to connect; `who` is a person, a token, or undefined for none. */
  open(namespace, who, options) {
    const client = open(this.url, namespace, who?.token ?? who, options);
    this.#open.push(client);
    return client;
  }

  /** A client that has joined the namespace. */
  connect = (namespace, who, options) => this.open(namespace, who, options).connected();

  /** The stream of everything that concerns the person. */
  async stream(who) {
    const stream = new Stream(`${this.url}/api/chat/sse`, who.token);
    this.#open.push(stream);
    await stream.next("connected");
    return stream;
  }

  /** A REST call: `{status, headers, body}`. */
  async call(who, method, path, body, headers = {}) {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      signal: AbortSignal.timeout(10_000),
      headers: {
        ...(who && { authorization: `Bearer ${who.token ?? who}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = answer.headers.get("content-type")?.includes("json");
    return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
  }
}

/** A server for all tests of a file or suite; what a test opened is closed after it. */
export const useSapa = (env = {}) => useSettings({ ...ROOMY, ...env });

/** The same with the settings that an operator finds. */
export const useSapaAsItComes = () => useSettings({});

function useSettings(env) {
  const sapa = new Sapa(env);
  before(() => sapa.start());
  afterEach(() => sapa.hangUp());
  after(async () => {
    await sapa.close();
    // Nothing that a client does is the server's own fault.
    assert.doesNotMatch(sapa.log, /panicked|"level":"ERROR"/);
  });
  return sapa;
}

/** The address of the protocol fixture, started for all tests of a file. */
export function useProtocolServer() {
  const fixture = {};
  let program;
  before(async () => {
    program = launch(FIXTURE, { env: { PORT: "0" } });
    fixture.url = await program.address();
  });
  after(() => program?.end());
  return fixture;
}

/** Long enough for what must not come to have come, had it been sent. */
export const quiet = () => sleep(100);
