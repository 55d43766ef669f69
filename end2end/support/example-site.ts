// The example site of docs/examples/sign-in, as a process beside a worker's Podium.

import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";

import { Service, freeAddress } from "./service.ts";
import type { Stack } from "./stack.ts";

const PROGRAM = resolve(import.meta.dirname, "../../docs/examples/sign-in/server.mjs");

export class ExampleSite {
  private constructor(
    readonly url: string,
    private readonly service: Service,
  ) {}

  /** A site on which this user of the platform is signed in; somebody new without. */
  static async start(stack: Stack, user = `site-${randomUUID().slice(0, 8)}`): Promise<ExampleSite> {
    const address = await freeAddress();
    const url = `http://${address}`;
    const service = new Service("the example site", process.execPath, {
      args: [PROGRAM],
      environment: {
        PODIUM_URL: stack.url,
        PODIUM_PLATFORM_KEY: stack.platformKey,
        PORT: address.split(":")[1] ?? "",
        SITE_USER: user,
      },
      folder: stack.folder,
      log: join(stack.folder, "example-site.log"),
      stopBy: "SIGTERM",
    });
    await service.start(() =>
      fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.ok,
        () => false,
      ),
    );
    return new ExampleSite(url, service);
  }

  stop(): Promise<void> {
    return this.service.stop();
  }
}
