// Asks a question on the terminal and reads one line without showing it.

const ENTER = ['\r', '\n', '\u0004']
const CTRL_C = '\u0003'
const BACKSPACE = ['\u007f', '\b']

/** Needs a terminal as standard input. Ctrl-C ends the process. */
export function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.resume()
  stdin.setEncoding('utf8')
  return new Promise((resolve) => {
    let line = ''
    const end = () => {
      stdin.off('data', read)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
    }
    const read = (text: string) => {
      for (const char of text) {
        if (ENTER.includes(char)) {
          end()
          resolve(line)
          return
        }
        if (char === CTRL_C) {
          end()
          process.exit(130)
        }
        line = BACKSPACE.includes(char) ? [...line].slice(0, -1).join('') : line + char
      }
    }
    stdin.on('data', read)
  })
}
