// A program under test as a child process: its address, its log, its end.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const PATIENCE = 15_000;
const running = new Set();

process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** Starts a program that sees nothing of our own environment but PATH. */
export function launch(binary, { args = [], env = {}, cwd }) {
  // A name without a folder is looked for in PATH.
  if (binary.includes("/") && !existsSync(binary)) throw new Error(`${binary} is missing: cargo build --bin sapa --example protocol_server`);
  const stdio = ["ignore", "pipe", "pipe"];
  const child = spawn(binary, args, { cwd, env: { PATH: process.env.PATH, ...env }, stdio });
  running.add(child);
  const program = { log: "", exited: new Promise((resolve) => child.on("exit", resolve)) };
  let wanted = false;
  child.on("exit", (code, signal) => {
    running.delete(child);
    if (!wanted) console.error(`${binary} ended by itself with ${signal ?? code}:\n${program.log.slice(-4000)}`);
  });
  const hear = (chunk) => (program.log += chunk);
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);

  /** The `http://host:port` of the line that says where it listens. */
  program.address = async () => {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const found = /listening[^\n]*?(http:\/\/[\w.:[\]-]+)/.exec(program.log);
      if (found) return found[1];
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${binary} did not start:\n${program.log}`);
      await sleep(10);
    }
  };

  /** Resident memory in KiB. */
  program.memory = () => {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
  };

  program.end = async (signal = "SIGKILL") => {
    wanted = true;
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await program.exited;
  };
  return program;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
