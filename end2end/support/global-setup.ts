// Makes the folder of the run, which all workers share, and removes it at the end.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default async function setUp(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "podium-e2e-"));
  process.env.PODIUM_E2E_RUN = folder;
  return () => rm(folder, { recursive: true, force: true });
}
