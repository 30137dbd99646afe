// Processor time by named part, as the kernel counts it for this process.

export class CpuParts {
  private readonly us = new Map<string, number>()

  clear(): void {
    this.us.clear()
  }

  private add(part: string, before: NodeJS.CpuUsage): void {
    const { user, system } = process.cpuUsage(before)
    this.us.set(part, (this.us.get(part) ?? 0) + user + system)
  }

  time<T>(part: string, work: () => T): T {
    const before = process.cpuUsage()
    const result = work()
    this.add(part, before)
    return result
  }

  async timeAsync<T>(part: string, work: () => Promise<T>): Promise<T> {
    const before = process.cpuUsage()
    const result = await work()
    this.add(part, before)
    return result
  }

  /** Microseconds for each of `count`, in the order in which the parts first came. */
  rows(count: number): { part: string; us: number }[] {
    return [...this.us].map(([part, us]) => ({ part, us: us / count }))
  }
}
