// The platform's end of the events that Podium posts (docs/API.md, "Events to the platform").

import { createHmac } from "node:crypto";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface PlatformEvent {
  id: string;
  type: string;
  subject: string;
  data: Record<string, unknown>;
}

/** As many bytes as an event never has. */
const SIZE_MAX = 64 * 1024;

export class EventSink {
  readonly events: PlatformEvent[] = [];

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  /** Listens on a free port and takes what `key` has signed. */
  static async start(key: string): Promise<EventSink> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const sink = new EventSink(`http://127.0.0.1:${port}/events`, server);
    const secret = Buffer.from(key.replace(/^whsec_/, ""), "base64");
    server.on("request", (request, response) => {
      let body = "";
      request.on("data", (part) => {
        body += part;
        if (body.length > SIZE_MAX) request.destroy();
      });
      request.on("end", () => {
        const [id, timestamp] = [request.headers["webhook-id"], request.headers["webhook-timestamp"]];
        const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
        const isGenuine = String(request.headers["webhook-signature"]).split(" ").includes(`v1,${signature}`);
        if (isGenuine) sink.take(JSON.parse(body) as PlatformEvent);
        response.writeHead(isGenuine ? 204 : 401).end();
      });
    });
    return sink;
  }

  /** An event may come more than once; it is one all the same. */
  private take(event: PlatformEvent): void {
    if (!this.events.some(({ id }) => id === event.id)) this.events.push(event);
  }

  /** The rewards that the platform is to book for a user. */
  rewardsOf(platformUserId: string): Record<string, unknown>[] {
    const granted = this.events.filter(({ type }) => type === "podium.reward.granted");
    return granted.map(({ data }) => data).filter((data) => data.platform_user_id === platformUserId);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }
}
