// What a bench says while it runs, on standard error: steps as lines, and what changes all the time
// as one line that is written over on a terminal, or once in a while where lines stay.

const AGAIN_MS = 5000

export interface Progress {
  /** Something that is over, or begins. */
  line(text: string): void
  /** How far it is. */
  now(text: string): void
}

export function stderrProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let open = false
  let last = 0
  return {
    line(text) {
      stream.write(open ? `\r\u001b[K${text}\n` : `${text}\n`)
      open = false
    },
    now(text) {
      if (stream.isTTY) {
        stream.write(`\r${text}\u001b[K`)
        open = true
      } else if (Date.now() - last > AGAIN_MS) {
        last = Date.now()
        stream.write(`${text}\n`)
      }
    },
  }
}
