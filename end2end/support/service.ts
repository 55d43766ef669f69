// A program in the background, with its output in a file.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const READY_MS = 30_000;
const END_MS = 10_000;

/** What is still running when this process ends goes with it. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Settings that a machine may have for its own Podium; here they would only mislead. */
const FOREIGN =
  /^(PODIUM_(?!E2E_).*|TELEGRAM_.*|DATABASE_URL|REDIS_URL|PORT|RAILWAY_PUBLIC_DOMAIN|DISABLE_TELEGRAM_BOT)$/;

export class Service {
  private child: ChildProcess | null = null;

  constructor(
    private readonly name: string,
    private readonly program: string,
    private readonly options: {
      args: string[];
      environment: Record<string, string>;
      folder: string;
      log: string;
      stopBy: NodeJS.Signals;
    },
  ) {}

  /** Starts it and waits until `isReady` says so. */
  async start(isReady: () => Promise<boolean>): Promise<void> {
    const { args, environment, folder, log } = this.options;
    const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
    const output = openSync(log, "a");
    const child = spawn(this.program, args, {
      cwd: folder,
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    this.child = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    child.once("error", () => running.delete(child));
    await until(`${this.name} to be ready`, READY_MS, async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`${this.name} has ended:\n${this.lastLines()}`);
      }
      return isReady();
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.lastLines()}`);
    });
  }

  /** Asks it to end, and makes it end when it does not. */
  async stop(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    child.kill(this.options.stopBy);
    const timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
    await ended;
    clearTimeout(timer);
  }

  lastLines(): string {
    return readFileSync(this.options.log, "utf8").trimEnd().split("\n").slice(-20).join("\n");
  }
}

/** Waits for a condition. A condition that throws ends the wait. */
export async function until(what: string, limitMs: number, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`);
    await pause(25);
  }
}

/** An address of this machine on which nothing listens. */
export async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise<void>((done) => server.close(() => done()));
  if (!address || typeof address === "string") throw new Error("the system gave no port");
  return `127.0.0.1:${address.port}`;
}
