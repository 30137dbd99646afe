// The metrics of a process, as its admin server tells them.

import { type ReadFamily, readOpenMetrics } from './read-open-metrics.ts'

/** By family. Throws where the server cannot be reached, or a strict reader refuses the text. */
export async function scrape(admin: string): Promise<Map<string, ReadFamily>> {
  return readOpenMetrics(await (await fetch(`${admin}/metrics`)).text())
}
