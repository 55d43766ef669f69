// Makes the folder of the run, which all workers share. It stays until the next run: after a failure its logs are worth
// reading.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { FullConfig } from "@playwright/test";

export default async function setUp(config: FullConfig): Promise<void> {
  const folder = join(config.projects[0]!.outputDir, "servers");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  process.env.PODIUM_E2E_RUN = folder;
}
