// One worker's own world: a simulated Telegram with its demo platform, and Podium on SQLite, started as
// `cargo xtask run` starts them. The demo platform is silent but for the scores that a test posts.

import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { podiumProgram, runFolder, simulatorProgram, site, telegramScript } from "./environment.ts";
import { EventSink } from "./event-sink.ts";
import { Platform } from "./platform.ts";
import { Service, freeAddress, until } from "./service.ts";
import { Simulator } from "./simulator.ts";

/** The tournaments of the demo platform. */
export const TOURNAMENTS = {
  best: "galaxy-sprint",
  sum: "coin-marathon",
  ascending: "fastest-lap",
  upcoming: "winter-derby",
  finished: "autumn-cup",
} as const;

export const BOT_USERNAME = "PodiumDemoBot";
/** One of the simulator's people, whom the settings name as an admin. */
export const ADMIN_ID = 1_000_000_001;
/** More admins; each lets nine tests in. */
export const MORE_ADMIN_IDS = [1_000_000_091, 1_000_000_092, 1_000_000_093];

const OPENING_MS = 20_000;

export interface Entry {
  rank: number;
  player: string;
  alias: string;
  score: number;
}

interface TournamentCard {
  tournament_id: string;
  phase: string;
}

export class Stack {
  readonly telegram: Simulator;
  readonly platform: Platform;

  private constructor(
    readonly folder: string,
    readonly url: string,
    readonly internalUrl: string,
    readonly botToken: string,
    readonly platformKey: string,
    /** What Podium tells the platform. */
    readonly told: EventSink,
    private readonly simulator: Service,
    private readonly podium: Service,
    telegramUrl: string,
  ) {
    this.telegram = new Simulator(telegramUrl);
    this.platform = new Platform(url, platformKey);
  }

  /** `settings` are Podium's, beside or instead of the usual ones. */
  static async start(name: string, settings: Record<string, string> = {}): Promise<Stack> {
    const folder = join(runFolder(), name);
    await mkdir(folder, { recursive: true });
    const [listen, internal, telegram] = [await freeAddress(), await freeAddress(), await freeAddress()];
    const [url, telegramUrl] = [`http://${listen}`, `http://${telegram}`];
    // A token of the right form that opens nothing, and never the same.
    const botToken = `7342037359:AAF${randomBytes(24).toString("base64url")}`;
    const platformKey = `whsec_${randomBytes(32).toString("base64")}`;
    const told = await EventSink.start(platformKey);
    const loginSecret = randomBytes(24).toString("base64url");
    const simulator = new Service("the simulated Telegram", simulatorProgram(), {
      args: [
        ...["--listen", telegram],
        ...["--script", telegramScript()],
        ...["--demo", url],
        ...["--app-url", `${url}/app`],
        ...["--bot-username", BOT_USERNAME],
        ...["--demo-every-ms", "0"],
      ],
      environment: {
        TELEGRAM_BOT_TOKEN: botToken,
        TELEGRAM_OIDC_CLIENT_SECRET: loginSecret,
        PODIUM_PLATFORM_KEY: platformKey,
      },
      folder,
      log: join(folder, "simulator.log"),
      stopBy: "SIGINT",
    });
    const podium = new Service("podium", podiumProgram(), {
      args: ["serve"],
      environment: {
        PODIUM_LISTEN: listen,
        PODIUM_INTERNAL_LISTEN: internal,
        PODIUM_PUBLIC_URL: url,
        PODIUM_SITE_ROOT: site(),
        PODIUM_FRAME_ANCESTORS: telegramUrl,
        PODIUM_CABINET_URL: `${telegramUrl}/cabinet`,
        PODIUM_DRAIN_S: "0",
        // Results stand soon after an end.
        PODIUM_BOARDS_SCORE_GRACE_S: "3",
        PODIUM_PLATFORM_KEY: platformKey,
        PODIUM_PLATFORM_WEBHOOK: told.url,
        PODIUM_ADMIN_IDS: [ADMIN_ID, ...MORE_ADMIN_IDS].join(","),
        DATABASE_URL: `sqlite:${join(folder, "podium.db")}`,
        TELEGRAM_BOT_TOKEN: botToken,
        TELEGRAM_WEBHOOK_URL: `${url}/telegram/webhook`,
        TELEGRAM_WEB_APP_JS: `${telegramUrl}/telegram-web-app.js`,
        TELEGRAM_API_URL: telegramUrl,
        TELEGRAM_OIDC_ISSUER: `${telegramUrl}/oauth`,
        TELEGRAM_OIDC_CLIENT_ID: botToken.split(":")[0]!,
        TELEGRAM_OIDC_CLIENT_SECRET: loginSecret,
        // More than a deployment logs, so that the search for secrets in it has more to find.
        RUST_LOG: "info,podium=debug,server=debug,services=debug,telegram=debug,storage_sqlite=debug,bus=debug",
        ...settings,
      },
      folder,
      log: join(folder, "podium.log"),
      stopBy: "SIGTERM",
    });
    const internalUrl = `http://${internal}`;
    const stack = new Stack(folder, url, internalUrl, botToken, platformKey, told, simulator, podium, telegramUrl);
    try {
      await simulator.start(() => answers(`${telegramUrl}/`));
      await stack.startPodium();
      await stack.telegram.pauseDemo();
      await stack.opening();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  private async startPodium(): Promise<void> {
    await this.podium.start(() => answers(`${this.internalUrl}/health/ready`));
  }

  /** Waits until the demo platform has introduced everybody and everything. */
  private async opening(): Promise<void> {
    // Last of all it closes the tournament that is over.
    await until("the demo platform's tournaments", OPENING_MS, async () => {
      const { tournaments } = await this.get<{ tournaments: TournamentCard[] }>("/v1/tournaments");
      return tournaments.some((card) => card.tournament_id === TOURNAMENTS.finished && card.phase === "finished");
    });
  }

  /** Ends the server and starts it again on the same addresses and the same database. */
  async restartPodium(whileDown: () => Promise<void> = async () => {}): Promise<void> {
    await this.podium.stop();
    try {
      await whileDown();
    } finally {
      await this.startPodium();
    }
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  }

  /** The first places of a board. */
  async leaders(tournamentId: string, limit = 5): Promise<Entry[]> {
    const path = `/v1/tournaments/${tournamentId}/board?limit=${limit}`;
    return (await this.get<{ entries: Entry[] }>(path)).entries;
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.internalUrl}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
  }

  /** The value of a metric without labels; 0 when it was never set. */
  async metric(name: string): Promise<number> {
    const line = (await this.metrics()).split("\n").find((each) => each.startsWith(`${name} `));
    return line ? Number(line.slice(name.length + 1)) : 0;
  }

  podiumLog(): string {
    return this.podium.lastLines();
  }

  /** Writes down what the privacy test reads, and ends everything. */
  async stop(): Promise<void> {
    await writeFile(join(this.folder, "metrics.txt"), await this.metrics().catch(() => ""));
    await writeFile(join(this.folder, "calls.json"), JSON.stringify(await this.telegram.calls().catch(() => [])));
    await this.podium.stop();
    await this.simulator.stop();
    await this.told.stop();
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
