// A clock that a test can turn on.

import type { Page } from "@playwright/test";

/** Takes over the page's clock, which goes on by itself until the test moves it. Call before the page is opened. */
export async function takeClock(page: Page): Promise<void> {
  await page.clock.install();
  // Playwright's timer ids begin at 10^12. A browser's are small, and WebAssembly holds them in 32 bits.
  await page.addInitScript(() => {
    const ids: number[] = [0];
    for (const kind of ["Timeout", "Interval"] as const) {
      const set = window[`set${kind}`].bind(window) as (...parameters: unknown[]) => number;
      const clear = window[`clear${kind}`].bind(window);
      const small = (...parameters: unknown[]) => ids.push(set(...parameters)) - 1;
      Object.assign(window, { [`set${kind}`]: small, [`clear${kind}`]: (id?: number) => clear(ids[id ?? 0]) });
    }
  });
}
