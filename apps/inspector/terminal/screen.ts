// The terminal while the inspector has it: raw keys, the alternate screen, no cursor. However the
// program ends, the terminal gets back what it was.

import { writeSync } from 'node:fs'
import type { ReadStream, WriteStream } from 'node:tty'
import type { Cells, Size } from './cells.ts'
import { frameDiff } from './frame-diff.ts'
import { type Key, KeyParser } from './key-parser.ts'

/** Alternate screen, hidden cursor, no wrapping at the edge, pastes marked as such. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h'
const LEAVE = '\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l'
/** How long an escape waits for the rest of a sequence. */
const ESCAPE_MS = 40

export interface ScreenEvents {
  onKey(key: Key): void
  onResize(size: Size): void
  /** The terminal took what was written: a frame that was left out may be drawn now. */
  onDrain(): void
  /** The terminal is gone. */
  onEnd(): void
}

export class Screen {
  readonly #input: ReadStream
  readonly #output: WriteStream
  readonly #events: ScreenEvents
  readonly #colours: boolean
  readonly #keys = new KeyParser()
  #escapeTimer: NodeJS.Timeout | undefined
  #shown: Cells | undefined
  #full = false
  #entered = false

  constructor(input: ReadStream, output: WriteStream, colours: boolean, events: ScreenEvents) {
    this.#input = input
    this.#output = output
    this.#colours = colours
    this.#events = events
  }

  get size(): Size {
    return { width: this.#output.columns || 80, height: this.#output.rows || 24 }
  }

  enter(): void {
    this.#entered = true
    this.#input.setRawMode(true)
    this.#output.write(ENTER)
    this.#input.on('data', this.#onData)
    this.#input.on('end', this.#events.onEnd)
    this.#input.on('error', this.#events.onEnd)
    this.#output.on('error', this.#events.onEnd)
    this.#output.on('resize', this.#onResize)
    this.#output.on('drain', this.#onDrain)
    this.#input.resume()
  }

  /** Safe to call from anywhere and more than once, also while the process dies. */
  leave(): void {
    if (!this.#entered) return
    this.#entered = false
    clearTimeout(this.#escapeTimer)
    this.#input.off('data', this.#onData)
    this.#output.off('resize', this.#onResize)
    this.#output.off('drain', this.#onDrain)
    try {
      this.#input.setRawMode(false)
    } catch {
      // The terminal is gone: there is nothing to give back.
    }
    try {
      writeSync((this.#output as WriteStream & { readonly fd: number }).fd, LEAVE)
    } catch {
      // The same.
    }
    this.#input.pause()
    this.#input.unref()
  }

  /** False when the terminal is behind: the frame was left out, `onDrain` says when to draw. */
  show(frame: Cells): boolean {
    if (!this.#entered || this.#full) return false
    const text = frameDiff(this.#shown, frame, this.#colours)
    this.#shown = frame
    if (text !== '') this.#full = !this.#output.write(text)
    return true
  }

  /** The process was stopped and goes on: the shell had the terminal in between. */
  again(): void {
    if (!this.#entered) return
    this.#input.setRawMode(true)
    this.#output.write(ENTER)
    this.#onResize()
  }

  readonly #onDrain = () => {
    this.#full = false
    this.#events.onDrain()
  }

  readonly #onResize = () => {
    this.#shown = undefined
    this.#events.onResize(this.size)
  }

  readonly #onData = (chunk: Buffer) => {
    clearTimeout(this.#escapeTimer)
    for (const key of this.#keys.push(chunk)) this.#events.onKey(key)
    if (!this.#keys.waiting) return
    this.#escapeTimer = setTimeout(() => {
      for (const key of this.#keys.flush()) this.#events.onKey(key)
    }, ESCAPE_MS)
  }
}
