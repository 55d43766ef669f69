// People of the simulated Telegram. Their names are like no other word, so that they can be searched for.

import { createHash, randomInt } from "node:crypto";

import { sign } from "@telegram-apps/init-data-node";

import { plant } from "./secrets.ts";
import type { Stack } from "./stack.ts";
import { THEMES, type ThemeName } from "./themes.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const letters = (count: number) => Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join("");

export interface PersonOptions {
  firstName?: string;
  lastName?: string;
  language?: string;
  /** Nobody that a platform knows. */
  isStranger?: boolean;
}

export interface LaunchParameters {
  /** The page, with its query. */
  path?: string;
  /** `null`: none, as from a button of the reply keyboard. */
  initData?: string | null;
  startParameter?: string;
  version?: string;
  platform?: string;
  theme?: ThemeName;
}

export class Person {
  private constructor(
    private readonly stack: Stack,
    readonly id: number,
    readonly firstName: string,
    readonly lastName: string,
    readonly username: string,
    readonly phone: string,
    readonly language: string,
  ) {}

  /** Somebody new, known to the simulated Telegram. */
  static async create(stack: Stack, options: PersonOptions = {}): Promise<Person> {
    const id = randomInt(6_000_000_000, 9_999_999_999);
    const person = new Person(
      stack,
      id,
      options.firstName ?? `Quenby${letters(6)}`,
      options.lastName ?? `Zoltay${letters(6)}`,
      `${letters(6)}_${letters(8)}`,
      `+999${randomInt(1e8, 1e9)}${randomInt(10)}`,
      options.language ?? "en",
    );
    plant(stack.folder, "telegram id", String(person.id));
    plant(stack.folder, "name", person.firstName);
    plant(stack.folder, "name", person.lastName);
    plant(stack.folder, "username", person.username);
    plant(stack.folder, "phone", person.phone.slice(1));
    await stack.telegram.addUser({
      id,
      first_name: person.firstName,
      last_name: person.lastName,
      username: person.username,
      language_code: person.language,
      is_stranger: options.isStranger ?? false,
    });
    return person;
  }

  /** What the demo platform calls this person. */
  get platformUserId(): string {
    return `demo-${createHash("sha256").update(`demo player ${this.id}`).digest("hex").slice(0, 12)}`;
  }

  /** Init data as Telegram would give it, signed by a library that shares no code with the server. */
  initData(options: { ageSeconds?: number; startParameter?: string } = {}): string {
    const signedAt = new Date(Date.now() - (options.ageSeconds ?? 0) * 1000);
    const user = {
      id: this.id,
      first_name: this.firstName,
      last_name: this.lastName,
      username: this.username,
      language_code: this.language,
      allows_write_to_pm: true,
    };
    const start = options.startParameter ? { start_param: options.startParameter } : {};
    return sign({ query_id: `AAH${letters(12)}`, user, ...start }, this.stack.botToken, signedAt);
  }

  /** The address with which a Telegram client opens the app. */
  launchUrl(options: LaunchParameters = {}): string {
    const initData =
      options.initData === undefined
        ? this.initData(options.startParameter ? { startParameter: options.startParameter } : {})
        : options.initData;
    const parameters = new URLSearchParams({
      ...(initData === null ? {} : { tgWebAppData: initData }),
      tgWebAppVersion: options.version ?? "9.6",
      tgWebAppPlatform: options.platform ?? "weba",
      tgWebAppThemeParams: JSON.stringify(THEMES[options.theme ?? "light"]),
      ...(options.startParameter ? { tgWebAppStartParam: options.startParameter } : {}),
    });
    return `${this.stack.url}${options.path ?? "/app"}#${parameters}`;
  }

  /** What shares a board in this person's name, as the app asks for it. */
  share(tournamentId: string): Promise<{ link: string; prepared_message_id?: string }> {
    return this.post(`/v1/tournaments/${tournamentId}/share`, {});
  }

  /** A call in this person's name. */
  private async post<Answer>(path: string, body: unknown): Promise<Answer> {
    const call = async <T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> => {
      const response = await fetch(`${this.stack.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      });
      if (!response.ok) throw new Error(`Podium refused ${path}: ${response.status}`);
      return (await response.json()) as T;
    };
    const { jwt } = await call<{ jwt: string }>("/v1/tg/exchange", { init_data: this.initData() });
    plant(this.stack.folder, "jwt", jwt.split(".")[2] ?? jwt);
    return call(path, body, { authorization: `Bearer ${jwt}` });
  }

  /** A score arrives from the platform, which knows this person. */
  async scores(tournamentId: string, score: number): Promise<void> {
    await this.stack.telegram.score({ tournament_id: tournamentId, telegram_user_id: this.id, score });
  }
}
