// The simulator's control API (crates/simulator/README.md).

export interface Message {
  message_id: number;
  from: "user" | "bot";
  text: string;
  reply_markup?: unknown;
}

export interface Chat {
  chat_id: number;
  messages: Message[];
}

export interface Call {
  method: string;
  payload: Record<string, unknown>;
  status: number;
}

export interface NewUser {
  id: number;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code: string;
  /** Whether the demo platform leaves them alone. */
  is_stranger?: boolean;
}

export interface LaunchOptions {
  url?: string;
  start_param?: string;
  kind?: "inline" | "keyboard" | "menu" | "direct";
  platform?: string;
  theme?: "dark" | "light";
  version?: string;
}

export interface Score {
  tournament_id: string;
  telegram_user_id?: number;
  platform_user_id?: string;
  score: number;
}

/** What goes wrong at the Bot API (crates/simulator/src/world/faults.rs). */
export interface Faults {
  /** So many messages are answered with 429. */
  next_429?: number;
  /** The seconds that those answers ask to wait. */
  retry_after?: number;
}

const TIMEOUT_MS = 10_000;
/** As many as the simulator remembers. */
const CALLS_MAX = 20_000;

export class Simulator {
  constructor(readonly url: string) {}

  private async call<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/_sim/${path}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the simulator refused ${path.replace(/\?.*/, "")}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  addUser(user: NewUser): Promise<unknown> {
    return this.call("users", user);
  }

  sendMessage(userId: number, text: string): Promise<unknown> {
    return this.call(`users/${userId}/messages`, { text });
  }

  /** Presses a button below a message. */
  press(userId: number, messageId: number, data: string): Promise<unknown> {
    return this.call(`users/${userId}/callbacks`, { message_id: messageId, data });
  }

  shareContact(userId: number, phoneNumber: string): Promise<unknown> {
    return this.call(`users/${userId}/contact`, { phone_number: phoneNumber });
  }

  async launchUrl(userId: number, options: LaunchOptions = {}): Promise<string> {
    const query = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)]));
    return (await this.call<{ url: string }>(`users/${userId}/launch?${query}`)).url;
  }

  chat(userId: number): Promise<Chat> {
    return this.call(`chats/${userId}`);
  }

  async calls(): Promise<Call[]> {
    return (await this.call<{ calls: Call[] }>(`calls?limit=${CALLS_MAX}`)).calls;
  }

  /** Posts one score through the demo platform. Fails when Podium does not take it. */
  async score(score: Score): Promise<void> {
    const answer = await this.call<{ rejected: { code: string }[] }>("demo/score", score);
    if (answer.rejected.length > 0) throw new Error(`Podium rejected a score: ${answer.rejected[0]?.code}`);
  }

  async pauseDemo(): Promise<void> {
    await this.call("demo/pause", {});
  }

  /** What goes wrong from now on, in the place of what did before. */
  async break(faults: Faults): Promise<void> {
    await this.call("faults", faults);
  }

  /** No faults any more, whatever a test has left. */
  async calm(): Promise<void> {
    await this.call("faults", {});
    await this.call("limits", { enabled: true });
    await this.call("script", { reachable: true });
  }
}
