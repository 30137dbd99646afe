// The inspector on the terminal of this process, until it is quit. Whatever ends it (a key, a
// signal, a fault of ours, the terminal going away), the terminal is restored first.

import type { ReadStream, WriteStream } from 'node:tty'
import { Inspector, type InspectorOptions } from './inspector.ts'
import { Screen } from './terminal/screen.ts'

const SIGNALS = { SIGINT: 2, SIGHUP: 1, SIGTERM: 15 } as const

export type TerminalOptions = Omit<InspectorOptions, 'size' | 'show' | 'quit'> & {
  readonly colours: boolean
}

/** Resolves when it was quit; rejects with what went wrong, the terminal restored. */
export function runOnTerminal(
  input: ReadStream,
  output: WriteStream,
  options: TerminalOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const screen = new Screen(input, output, options.colours, {
      onKey: (key) => inspector.key(key),
      onResize: () => inspector.draw(),
      onDrain: () => inspector.draw(),
      onEnd: () => finish(),
    })
    const inspector = new Inspector({
      ...options,
      size: () => screen.size,
      show: (cells) => screen.show(cells),
      quit: () => finish(),
    })
    const finish = (error?: unknown) => {
      inspector.stop()
      screen.leave()
      for (const [signal, listener] of listeners) process.off(signal, listener)
      if (error === undefined) resolve()
      else reject(error)
    }
    const listeners: [string, (...args: unknown[]) => void][] = [
      ['uncaughtException', finish],
      ['unhandledRejection', finish],
      ['exit', () => screen.leave()],
      ['SIGCONT', () => screen.again()],
    ]
    for (const [signal, number] of Object.entries(SIGNALS)) {
      listeners.push([
        signal,
        () => {
          finish()
          process.exit(128 + number)
        },
      ])
    }
    for (const [signal, listener] of listeners) process.on(signal, listener)
    screen.enter()
    inspector.start()
  })
}
