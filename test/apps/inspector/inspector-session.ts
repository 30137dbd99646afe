// The inspector in a tmux session, in front of two admin servers of the test's own.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Size } from '../../../apps/inspector/terminal/cells.ts'
import { packageRoot } from '../../../lib/package-root.ts'
import { nodeArgs } from '../../kit/node-args.ts'
import { FakeAdmin } from './fake-admin.ts'
import { actor } from './recorded.ts'
import { Tmux } from './tmux.ts'

export class InspectorSession {
  readonly admins: FakeAdmin[]
  readonly #folder = mkdtempSync(join(tmpdir(), 'inspect-tmux-'))
  #tmux: Tmux | undefined

  /** Forty actors a node; depths fall from 1000, so that rows of the two nodes take turns. */
  constructor() {
    this.admins = ['node0', 'node1'].map(
      (name, node) =>
        new FakeAdmin(
          name,
          Array.from({ length: 40 }, (_, i) =>
            actor(`worker/${name}-${i}`, { host: `${name}/chain`, depth: 1000 - i * 2 - node }),
          ),
        ),
    )
  }

  get pid(): number {
    return Number(readFileSync(join(this.#folder, 'pid'), 'utf8'))
  }

  /** Starts it in a shell, as a person would; the shell writes down the process's number. */
  async start(size: Size, options = '', env: Record<string, string> = {}): Promise<Tmux> {
    const nodes = []
    for (const admin of this.admins) {
      nodes.push({ name: admin.process, process: admin.process, admin: await admin.listen() })
    }
    const endpoints = { ready: true, pids: [1], nodes }
    writeFileSync(join(this.#folder, 'endpoints.json'), JSON.stringify(endpoints))
    writeFileSync(join(this.#folder, 'admin.token'), 'secret\n')
    const tmux = new Tmux(size, packageRoot(), env)
    this.#tmux = tmux
    const program = nodeArgs(import.meta.url, '../../../apps/cli/main').join(' ')
    const inspect = `node ${program} inspect --data ${this.#folder} ${options}`
    tmux.line(`clear; sh -c 'echo $$ > ${this.#folder}/pid; exec ${inspect}'; echo ENDED $?`)
    await tmux.shows(/2\/2 nodes up/)
    return tmux
  }

  close(): void {
    this.#tmux?.close()
    for (const admin of this.admins) admin.close()
    rmSync(this.#folder, { recursive: true })
  }
}
