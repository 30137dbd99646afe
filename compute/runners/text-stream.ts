// Turns a model's byte pieces into streamed text: a character is sent when its last byte is here,
// and nothing that may become a stop text is sent before that is decided. What was sent, joined, is
// exactly the output.

export class TextStream {
  /** All that was sent. */
  text = ''
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  private readonly stops: readonly string[]
  private readonly send: (chunk: string) => void
  private held = ''

  constructor(stops: readonly string[], send: (chunk: string) => void) {
    this.stops = stops.filter((stop) => stop !== '')
    this.send = send
  }

  /** True when a stop text is complete: it and all that follows are dropped. */
  push(bytes: Uint8Array): boolean {
    return this.take(this.decoder.decode(bytes, { stream: true }))
  }

  /** Sends what was held back. An unfinished character becomes U+FFFD. */
  end(): void {
    if (this.take(this.decoder.decode())) return
    this.emit(this.held)
    this.held = ''
  }

  private take(more: string): boolean {
    const text = this.held + more
    const found = this.stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
    if (found.length > 0) {
      this.held = ''
      this.emit(text.slice(0, Math.min(...found)))
      return true
    }
    const keep = Math.max(0, ...this.stops.map((stop) => beginning(text, stop)))
    this.held = keep > 0 ? text.slice(-keep) : ''
    this.emit(text.slice(0, text.length - keep))
    return false
  }

  private emit(chunk: string): void {
    if (chunk === '') return
    this.text += chunk
    this.send(chunk)
  }
}

/** How many characters at the end of `text` are the beginning of `stop`, but not all of it. */
function beginning(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length
  }
  return 0
}
