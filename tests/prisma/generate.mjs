// Generates Prisma's clients of sapa.prisma into generated/, without a database and without the network, for the kind
// of database that the tests run on.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const whole = readFileSync(join(here, "sapa.prisma"), "utf8");
/** The same without what is Sapa's own: the models that a seed's application has. */
const plain = whole
  .split("\n")
  .filter((line) => !line.includes("// Sapa's"))
  .join("\n");

const PROVIDERS = { sqlite: "sqlite", postgres: "postgresql", mariadb: "mysql" };
const provider = PROVIDERS[process.env.SAPA_TEST_DATABASE ?? "sqlite"];

generate(provider, whole);
generate(`${provider}-plain`, plain);

function generate(name, models) {
  const folder = join(here, "generated", name);
  rmSync(folder, { recursive: true, force: true });
  const schema = join(folder, "schema");
  mkdirSync(schema, { recursive: true });
  writeFileSync(join(schema, "sapa.prisma"), models);
  const generator = 'generator client {\n  provider = "prisma-client"\n  output   = "../client"\n}\n';
  writeFileSync(join(schema, "schema.prisma"), `${generator}\ndatasource db {\n  provider = "${provider}"\n}\n`);
  const env = {
    ...process.env,
    PRISMA_SCHEMA_FOLDER: schema,
    // The engine is for migrations. To generate, it is only looked for, and would be downloaded.
    PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
    CHECKPOINT_DISABLE: "1",
  };
  const program = join(here, "node_modules/.bin/prisma");
  const { status, stdout, stderr } = spawnSync(program, ["generate"], { cwd: here, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`prisma generate failed for ${name}:\n${stdout}${stderr}`);
}
