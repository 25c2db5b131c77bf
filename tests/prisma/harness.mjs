// Sapa on a fresh database, people who talk to it, and Prisma's client on the same database.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { PrismaLibSql } from "@prisma/adapter-libsql";
import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import { PrismaPg } from "@prisma/adapter-pg";
import { launch } from "../dialects/harness/process.mjs";
import { Stream } from "../dialects/harness/stream.mjs";
import { SECRET, person } from "../dialects/harness/tokens.mjs";

const here = import.meta.dirname;
const SAPA = process.env.SAPA_BIN ?? join(here, "../../target/debug/sapa");
/** The kind of `scripts/with-database`; SQLite without it. */
export const DATABASE = process.env.SAPA_TEST_DATABASE ?? "sqlite";
/** Neither the machine's zone nor the database's may move a time. */
const ZONE = "Asia/Jakarta";
process.env.TZ = ZONE;

const server = process.env.SAPA_TEST_DATABASE_URL;
assert.ok(server || DATABASE === "sqlite", "scripts/with-database starts a server and says where it is");

/** What differs between the databases: how one is made, and what the two programs are told of it. */
const KINDS = {
  sqlite: async (folder) => ({
    provider: "sqlite",
    url: `sqlite:${folder}/sapa.db`,
    adapter: () => new PrismaLibSql({ url: `file:${folder}/sapa.db`, timeout: 5000 }),
    drop: async () => {},
  }),
  postgres: async (_, schema) => {
    const [name, url] = newDatabase();
    const administer = (statement, at = server) => execute("postgresql", new PrismaPg(at), statement);
    await administer(`CREATE DATABASE "${name}"`);
    await administer(`ALTER DATABASE "${name}" SET timezone = '${ZONE}'`);
    const made = { provider: "postgresql", drop: () => administer(`DROP DATABASE "${name}" WITH (FORCE)`) };
    // The very URL is given to both: Sapa passes over the parameter that is Prisma's.
    if (!schema) return { ...made, url: `${url}?schema=public`, adapter: () => new PrismaPg(`${url}?schema=public`) };
    await administer(`CREATE SCHEMA "${schema}"`, url);
    await administer('CREATE TABLE "User" ("id" serial PRIMARY KEY, "password" text NOT NULL)', url);
    const adapter = () => new PrismaPg(url, { schema });
    return { ...made, url: `${url}?options[search_path]=${schema},public`, adapter };
  },
  mariadb: async () => {
    const [name, url] = newDatabase();
    const administer = (statement) => execute("mysql", new PrismaMariaDb(server), statement);
    await administer("SET GLOBAL time_zone = '+07:00'");
    await administer(`CREATE DATABASE ${name}`);
    const adapter = () => new PrismaMariaDb(url);
    return { provider: "mysql", url, adapter, drop: () => administer(`DROP DATABASE ${name}`) };
  },
};

let databases = 0;

/** A name that is free on the server, and the URL of the database when it is made. */
function newDatabase() {
  const name = `prisma_${process.pid}_${++databases}`;
  return [name, server.replace(/[^/]*$/, name)];
}

/** Runs a statement of administration. */
async function execute(provider, adapter, statement) {
  const { PrismaClient } = await import(`./generated/${provider}/client/client.ts`);
  const client = new PrismaClient({ adapter });
  await client.$executeRawUnsafe(statement).finally(() => client.$disconnect());
}

class Service {
  #folder;
  #database;
  #program;
  #clients = [];
  #streams = [];
  #people = 0;
  #schema;

  constructor(schema) {
    this.#schema = schema;
  }

  async start() {
    this.#folder = await mkdtemp(join(tmpdir(), "sapa-prisma-"));
    this.#database = await KINDS[DATABASE](this.#folder, this.#schema);
    await this.#run();
    this.prisma = await this.client();
  }

  /** SIGKILL, and a new process on the same database. */
  async restart() {
    await this.#program.end();
    await this.#run();
  }

  async #run() {
    const env = {
      HOST: "127.0.0.1",
      PORT: "0",
      DATABASE_URL: this.#database.url,
      JWT_SECRET: SECRET,
      SAPA_ENV: "production",
      SAPA__GUESTS__ENABLED: "true",
      SAPA__ROOMS__AUTO_ASSIGN: "false",
      SAPA__LIMITS__WRITES_PER_SECOND: "1000",
      SAPA__LIMITS__WRITES_BURST: "10000",
      SAPA__LIMITS__REQUESTS_PER_SECOND: "5000",
      SAPA__LIMITS__REQUESTS_BURST: "20000",
    };
    this.#program = launch(SAPA, { args: ["serve"], env, cwd: this.#folder });
    this.url = await this.#program.address();
  }

  /** Another Prisma client; `plain` has the seed's fields only. */
  async client(variant = "") {
    const { PrismaClient } = await import(`./generated/${this.#database.provider}${variant}/client/client.ts`);
    const client = new PrismaClient({ adapter: this.#database.adapter() });
    this.#clients.push(client);
    return client;
  }

  async close() {
    for (const stream of this.#streams) stream.close();
    for (const client of this.#clients) await client.$disconnect();
    await this.#program?.end();
    await this.#database?.drop();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
    assert.doesNotMatch(this.#program?.log ?? "", /panicked|"level":"ERROR"/);
  }

  customer = (name = "Budi") => person(100 + ++this.#people, name, "USER");
  admin = (name = "Sari") => person(100 + ++this.#people, name, "ADMIN");

  /** The stream of everything that concerns the person. */
  async stream(who) {
    const stream = new Stream(`${this.url}/api/chat/sse`, who.token);
    this.#streams.push(stream);
    await stream.next("connected");
    return stream;
  }

  /** A REST call that has to answer with one of these: its JSON. */
  async call(who, method, path, body, wanted = [200, 201]) {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      signal: AbortSignal.timeout(10_000),
      headers: {
        ...(who && { authorization: `Bearer ${who.token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok([wanted].flat().includes(answer.status), `${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  }

  get = (who, path, wanted) => this.call(who, "GET", path, undefined, wanted);
  opens = (who, message, more = {}) => this.call(who, "POST", "/api/chat/rooms", { message, ...more });
  says = (who, room, message, more = {}) => this.call(who, "POST", `/api/chat/rooms/${room}`, { message, ...more });
  manages = (who, room, change) => this.call(who, "PATCH", `/api/chat/rooms/${room}/manage`, change);
  history = (who, room) => this.get(who, `/api/chat/rooms/${room}/messages?limit=200`);
  stats = (who) => this.get(who, "/api/chat/stats");
}

/**
 * A service for all tests of a file or suite, with what `prepare` writes. On Postgres it can have a schema of its own,
 * in the database of an application with a table `User`.
 */
export function useService(prepare = async () => {}, { schema } = {}) {
  const service = new Service(schema);
  before(async () => {
    await service.start();
    await prepare(service);
  });
  after(() => service.close());
  return service;
}

/** The blocks of that language in docs/prisma.md. */
export function documented(language) {
  const text = readFileSync(join(here, "../../docs/prisma.md"), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((block) => block[1]);
}

/** A statement with double quotes as the database wants it. */
export const spelled = (statement) => (DATABASE === "mariadb" ? statement.replaceAll('"', "`") : statement);

/** Does it again as long as the database ends it for another program's sake, as InnoDB does. */
export async function retried(write) {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (DATABASE !== "mariadb" || error.code !== "P2034") throw error;
    }
  }
}

/** The moment that REST spells so. */
export const moment = (text) => (text === null ? null : new Date(text));

export const same = assert.deepEqual;

/** Fails unless each field of `expected` is there; others may be. */
export function partly(actual, expected) {
  same(Object.fromEntries(Object.keys(expected).map((key) => [key, actual[key]])), expected);
}
