// The platform beside the demo one: tournaments and players as a test needs them, posted as signed CloudEvents.

import { createHmac, randomUUID } from "node:crypto";

/** As many as one call may carry. */
const BATCH_MAX = 500;

export interface Tournament {
  tournament_id: string;
  title: Record<string, string>;
  starts_at: string;
  ends_at: string;
  operator?: "best" | "sum" | "latest" | "count";
  order?: "desc" | "asc";
  join?: Record<string, unknown>;
  attempts_max?: number;
  condition?: { linked?: boolean; kyc_at_least?: "basic" | "full"; regions?: string[] };
  reset?: { cron: string; zone?: string };
  cohorts?: Record<string, unknown>;
  prizes?: { from: number; to: number; tier?: number; what: Record<string, unknown> }[];
  rewards?: "automatic" | "claim";
  claim_days?: number;
  rules_text?: Record<string, string>;
  cover?: string;
  is_private?: boolean;
  finish_notice?: "winners" | "everyone" | "nobody";
}

export interface Player {
  platform_user_id: string;
  alias: string;
  telegram_user_id?: number;
  contact_confirmed?: boolean;
}

export interface Posting {
  tournament_id: string;
  platform_user_id: string;
  score: number;
}

export interface Correction {
  tournament_id: string;
  platform_user_id: string;
  event: { id: string };
  score?: number;
}

export type TokenOrder = { telegram_user_id?: number } & (
  | { action: "link"; platform_user_id: string; platform_account: string }
  | { action: "open_kyc"; platform_user_id?: string; step?: string }
  | { action: "open_mission"; mission_id: string }
);

export interface Mission {
  mission_id: string;
  title: Record<string, string>;
  kind: "one_off" | "daily" | "weekly" | "streak" | "achievement";
  rule: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Activity {
  platform_user_id: string;
  activity: string;
  fields?: Record<string, unknown>;
  /** When it happened; now without. */
  time?: Date;
}

type Event =
  | { type: "platform.tournament.upserted"; data: Tournament }
  | { type: "platform.user.upserted"; data: Player }
  | { type: "platform.score.posted"; data: Posting; id?: string }
  | { type: "platform.score.corrected"; data: Correction }
  | { type: "platform.tournament.canceled"; data: { tournament_id: string } }
  | {
      type: "platform.player.disqualified";
      data: { tournament_id: string; platform_user_id: string; reason: string };
    }
  | { type: "platform.mission.upserted"; data: Mission }
  | { type: "platform.activity"; time: string; data: Omit<Activity, "time"> };

export class Platform {
  /** The tournaments of the running test that may still be on. */
  private readonly open = new Set<string>();

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** A tournament that began an hour ago and lasts another. */
  tournament(data: Partial<Tournament> & { tournament_id: string }): Promise<void> {
    this.open.add(data.tournament_id);
    const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const whole = { title: { en: data.tournament_id }, starts_at: hour(-1), ends_at: hour(1), ...data };
    return this.post([
      { type: "platform.tournament.upserted", data: { operator: "best", order: "desc", ...whole } },
    ]);
  }

  /** Ends a tournament, ten minutes ago: nothing of it moves any more. */
  end(tournamentId: string): Promise<void> {
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    return this.tournament({ tournament_id: tournamentId, starts_at: ago(60), ends_at: ago(10) });
  }

  cancel(tournamentId: string): Promise<void> {
    return this.post([{ type: "platform.tournament.canceled", data: { tournament_id: tournamentId } }]);
  }

  /** Cancels what a test has left, as far as it is not over: that can't change any more. */
  async clearUp(): Promise<void> {
    for (const id of this.open) {
      await this.cancel(id).catch((error: unknown) => {
        if (!String(error).includes("tournament_closed")) throw error;
      });
    }
    this.open.clear();
  }

  disqualify(tournamentId: string, platformUserId: string): Promise<void> {
    const data = { tournament_id: tournamentId, platform_user_id: platformUserId, reason: "two accounts" };
    return this.post([{ type: "platform.player.disqualified", data }]);
  }

  players(players: Player[]): Promise<void> {
    return this.post(players.map((data) => ({ type: "platform.user.upserted", data })));
  }

  scores(scores: Posting[]): Promise<void> {
    return this.post(scores.map((data) => ({ type: "platform.score.posted", data })));
  }

  /** One score, by the id of its event. */
  scoreAs(id: string, data: Posting): Promise<void> {
    return this.post([{ type: "platform.score.posted", data, id }]);
  }

  /** What a score really was; void without one. */
  correct(data: Correction): Promise<void> {
    return this.post([{ type: "platform.score.corrected", data }]);
  }

  /** Missions that began ten days ago. */
  missions(...missions: Mission[]): Promise<void> {
    const starts_at = new Date(Date.now() - 10 * 86_400_000).toISOString();
    return this.post(missions.map((data) => ({ type: "platform.mission.upserted", data: { starts_at, ...data } })));
  }

  activities(...activities: Activity[]): Promise<void> {
    const events = activities.map(({ time = new Date(), ...data }) => ({ time: time.toISOString(), data }));
    return this.post(events.map((event) => ({ type: "platform.activity", ...event })));
  }

  /** A one-time token. */
  async token(order: TokenOrder): Promise<{ token: string }> {
    const response = await this.call("/v1/platform/tokens", "application/json", order);
    if (!response.ok) {
      throw new Error(`Podium made no token: ${response.status}`);
    }
    return (await response.json()) as { token: string };
  }

  /** A new account that the person is linked with, by its id. */
  async link(person: { id: number }, alias = "LinkedFox"): Promise<string> {
    const account = `p-${randomUUID()}`;
    await this.players([{ platform_user_id: account, alias, telegram_user_id: person.id }]);
    return account;
  }

  /** Queues a text for one of the platform's users. */
  async notify(platformUserId: string, text: string): Promise<void> {
    const order = { id: randomUUID(), platform_user_id: platformUserId, text };
    const response = await this.call("/v1/platform/notifications", "application/json", order);
    if (response.status !== 202) throw new Error(`Podium queued no text: ${response.status}`);
  }

  /** A signed call. */
  private call(path: string, contentType: string, data: unknown): Promise<Response> {
    const body = JSON.stringify(data);
    const [id, timestamp] = [randomUUID(), String(Math.floor(Date.now() / 1000))];
    const key = Buffer.from(this.key.replace(/^whsec_/, ""), "base64");
    const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    return fetch(`${this.url}${path}`, {
      method: "POST",
      headers: {
        "content-type": contentType,
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      },
      body,
      signal: AbortSignal.timeout(10_000),
    });
  }

  /** Posts events, and fails when Podium does not take them all. */
  private async post(events: Event[]): Promise<void> {
    for (let at = 0; at < events.length; at += BATCH_MAX) {
      const batch = events.slice(at, at + BATCH_MAX).map((event) => ({
        specversion: "1.0",
        id: randomUUID(),
        source: "/end2end",
        time: new Date().toISOString(),
        ...event,
      }));
      const response = await this.call("/v1/platform/events", "application/cloudevents-batch+json", batch);
      const answer = (await response.json()) as { rejected?: { code: string }[] };
      if (!response.ok || answer.rejected?.length) {
        throw new Error(`Podium rejected events: ${response.status} ${answer.rejected?.[0]?.code ?? ""}`);
      }
    }
  }
}

/** A tournament with so many players, who stand in the order of their numbers: the first has the most points. */
export async function crowd(platform: Platform, tournamentId: string, players: number): Promise<Posting[]> {
  const numbers = Array.from({ length: players }, (_, index) => index + 1);
  const id = (number: number) => `${tournamentId}-${number}`;
  await platform.tournament({ tournament_id: tournamentId });
  await platform.players(numbers.map((number) => ({ platform_user_id: id(number), alias: `Crowd ${number}` })));
  const scores = numbers.map((number) => ({
    tournament_id: tournamentId,
    platform_user_id: id(number),
    score: (players - number + 1) * 10,
  }));
  await platform.scores(scores);
  return scores;
}
