// A CPU profile of this thread, taken with node's own profiler. It stops by itself: a forgotten
// profile would grow for as long as the thread lives.

import { Session } from 'node:inspector'
import { AGENT_PROFILE_MS } from '../../../config/limits.ts'

export class CpuProfile {
  private session: Session | undefined
  private timer: NodeJS.Timeout | undefined
  private kept: string | undefined

  /** Throws when one is being taken already. */
  async start(): Promise<void> {
    if (this.session) throw new Error('a profile is being taken already')
    this.kept = undefined
    const session = new Session()
    session.connect()
    this.session = session
    try {
      await this.post(session, 'Profiler.enable')
      await this.post(session, 'Profiler.start')
    } catch (error) {
      this.session = undefined
      session.disconnect()
      throw error
    }
    this.timer = setTimeout(() => {
      this.end(session).then(
        (text) => {
          this.kept = text
        },
        () => {},
      )
    }, AGENT_PROFILE_MS)
    this.timer.unref()
  }

  /** The profile as JSON text; of one that ended by itself, what it had. */
  async stop(): Promise<string> {
    if (this.session) return this.end(this.session)
    const kept = this.kept
    if (kept === undefined) throw new Error('no profile is being taken')
    this.kept = undefined
    return kept
  }

  private async end(session: Session): Promise<string> {
    clearTimeout(this.timer)
    this.session = undefined
    try {
      const { profile } = (await this.post(session, 'Profiler.stop')) as { profile: unknown }
      return JSON.stringify(profile)
    } finally {
      session.disconnect()
    }
  }

  private post(session: Session, method: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      session.post(method, (error, result) => (error ? reject(error) : resolve(result)))
    })
  }
}
