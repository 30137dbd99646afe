// A real terminal for tests: a tmux session with a shell in it, keys typed and the screen read
// back.

import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Size } from '../../../apps/inspector/terminal/cells.ts'

const WAIT_MS = 20_000

export function tmuxMissing(): boolean {
  return spawnSync('tmux', ['-V']).status !== 0
}

export class Tmux {
  readonly #socket = `aitbc-test-${process.pid}-${randomBytes(4).toString('hex')}`
  readonly #env: NodeJS.ProcessEnv

  constructor({ width, height }: Size, cwd: string, env: Record<string, string> = {}) {
    this.#env = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env }
    for (const name of ['TMUX', 'NO_COLOR']) if (!(name in env)) delete this.#env[name]
    const size = ['-x', String(width), '-y', String(height)]
    this.#run('-f', '/dev/null', 'new-session', '-d', ...size, '-c', cwd, 'sh')
    this.#run('set-option', '-g', 'window-size', 'manual')
    this.#run('set-option', '-g', 'escape-time', '0')
    this.#run('resize-window', ...size)
  }

  #run(...args: string[]): string {
    const all = ['-u', '-L', this.#socket, ...args]
    return execFileSync('tmux', all, { env: this.#env, encoding: 'utf8', timeout: 10_000 })
  }

  /** Names of keys as tmux knows them: `Enter`, `Escape`, `PageDown`; other texts are typed. */
  keys(...names: string[]): void {
    this.#run('send-keys', ...names)
  }

  /** The bytes as they are, in one go. */
  type(text: string): void {
    this.#run('send-keys', '-l', text)
  }

  line(command: string): void {
    this.type(command)
    this.keys('Enter')
  }

  screen(): string {
    return this.#run('capture-pane', '-p')
  }

  /** The screen with its styles as escape sequences. */
  styled(): string {
    return this.#run('capture-pane', '-p', '-e')
  }

  /** A tmux format, such as `#{alternate_on}`. */
  ask(format: string): string {
    return this.#run('display-message', '-p', format).trim()
  }

  resize({ width, height }: Size): void {
    this.#run('resize-window', '-x', String(width), '-y', String(height))
  }

  /** The screen when it shows the pattern; fails with what it showed instead. */
  async shows(pattern: RegExp, not?: RegExp): Promise<string> {
    const until = Date.now() + WAIT_MS
    for (;;) {
      const screen = this.screen()
      if (pattern.test(screen) && !not?.test(screen)) return screen
      if (Date.now() > until) throw new Error(`no ${pattern} on the screen:\n${screen}`)
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
  }

  close(): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server'])
  }
}
