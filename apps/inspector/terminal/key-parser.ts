// Bytes from a terminal as keys, however they were cut into chunks: CSI and SS3 sequences,
// bracketed paste, UTF-8, and the escape key, which only a pause tells from the start of a
// sequence.

export interface Key {
  /** A printable character as itself, otherwise a name: `up`, `enter`, `ctrl-c`, `paste` … */
  readonly name: string
  /** What the key writes, if it writes anything. */
  readonly text: string
}

const SEQUENCE_BYTES_MAX = 32
const PASTE_CHARS_MAX = 4096
const PASTE_END = '\x1b[201~'
const ESC = 0x1b
const TILDE = 0x7e

const FINALS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  M: 'enter',
  Z: 'shift-tab',
  P: 'f1',
}

const TILDES: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
}

type State = 'ground' | 'escape' | 'csi' | 'ss3' | 'paste'

export class KeyParser {
  #state: State = 'ground'
  #sequence = ''
  #paste = ''
  #pasteEnd = ''
  readonly #utf8 = new Utf8Reader()
  #keys: Key[] = []

  /** The keys that the bytes complete. */
  push(bytes: Uint8Array): Key[] {
    for (const byte of bytes) this.#byte(byte)
    return this.#take()
  }

  /** True while an escape may be a key of its own: `flush` after a pause tells. */
  get waiting(): boolean {
    return this.#state === 'escape' || this.#state === 'csi' || this.#state === 'ss3'
  }

  /** No more came: what looked like the start of a sequence was the escape key and what follows. */
  flush(): Key[] {
    if (this.waiting) {
      const typed = this.#state === 'csi' ? `[${this.#sequence}` : this.#state === 'ss3' ? 'O' : ''
      this.#state = 'ground'
      this.#emit('escape')
      for (const char of typed) this.#emit(char, char)
    }
    return this.#take()
  }

  #take(): Key[] {
    const keys = this.#keys
    this.#keys = []
    return keys
  }

  #emit(name: string, text = ''): void {
    this.#keys.push({ name, text })
  }

  #byte(byte: number): void {
    if (this.#state === 'ground') this.#ground(byte)
    else if (this.#state === 'escape') this.#afterEscape(byte)
    else if (this.#state === 'csi') this.#csi(byte)
    else if (this.#state === 'paste') this.#pasted(byte)
    else {
      this.#state = 'ground'
      if (byte === ESC) this.#ground(byte)
      else this.#final(String.fromCharCode(byte))
    }
  }

  #ground(byte: number): void {
    if (byte === ESC) {
      this.#utf8.reset()
      this.#state = 'escape'
      return
    }
    const char = this.#utf8.push(byte)
    if (char === undefined) return
    const point = char.codePointAt(0) as number
    if (point === 0x0d || point === 0x0a) this.#emit('enter')
    else if (point === 0x09) this.#emit('tab')
    else if (point === 0x7f || point === 0x08) this.#emit('backspace')
    else if (point === 0) this.#emit('ctrl-space')
    else if (point < 0x1b) this.#emit(`ctrl-${String.fromCharCode(point + 0x60)}`)
    else if (point < 0x20) return
    else this.#emit(char, char)
  }

  /** Alt with a letter is the escape key and the letter: a burst of the two must not be lost. */
  #afterEscape(byte: number): void {
    if (byte === 0x5b) {
      this.#state = 'csi'
      this.#sequence = ''
    } else if (byte === 0x4f) this.#state = 'ss3'
    else {
      this.#state = 'ground'
      this.#emit('escape')
      this.#ground(byte)
    }
  }

  #csi(byte: number): void {
    if (byte === ESC || byte < 0x20 || byte > 0x7e) {
      this.#state = 'ground'
      this.#ground(byte)
    } else if (byte < 0x40) {
      this.#sequence += String.fromCharCode(byte)
      if (this.#sequence.length > SEQUENCE_BYTES_MAX) this.#state = 'ground'
    } else {
      this.#state = 'ground'
      if (byte === TILDE) this.#numbered(this.#sequence.split(';')[0] as string)
      else this.#final(String.fromCharCode(byte))
    }
  }

  #numbered(number: string): void {
    if (number === '200') {
      this.#state = 'paste'
      this.#paste = ''
      this.#pasteEnd = ''
    } else if (TILDES[number]) this.#emit(TILDES[number])
  }

  #final(final: string): void {
    const name = FINALS[final]
    if (name) this.#emit(name)
  }

  /** Control characters within a paste are blanks: a pasted line does not press enter. */
  #pasted(byte: number): void {
    const next = String.fromCharCode(byte)
    if (PASTE_END.startsWith(this.#pasteEnd + next)) {
      this.#pasteEnd += next
      if (this.#pasteEnd !== PASTE_END) return
      this.#state = 'ground'
      this.#utf8.reset()
      this.#emit('paste', this.#paste)
      return
    }
    const missed = this.#pasteEnd
    this.#pasteEnd = ''
    for (const char of missed) this.#keep(char.charCodeAt(0))
    if (byte === ESC) this.#pasteEnd = '\x1b'
    else this.#keep(byte)
  }

  #keep(byte: number): void {
    const char = this.#utf8.push(byte)
    if (char === undefined || this.#paste.length >= PASTE_CHARS_MAX) return
    this.#paste += char < ' ' || char === '\x7f' ? ' ' : char
  }
}

/** One byte at a time; what is no UTF-8 is dropped. */
class Utf8Reader {
  #point = 0
  #left = 0
  #least = 0

  reset(): void {
    this.#left = 0
  }

  push(byte: number): string | undefined {
    if (byte < 0x80) {
      this.#left = 0
      return String.fromCharCode(byte)
    }
    if (byte < 0xc0) {
      if (this.#left === 0) return undefined
      this.#point = this.#point * 64 + (byte & 0x3f)
      if (--this.#left > 0) return undefined
      const point = this.#point
      const valid = point >= this.#least && point <= 0x10ffff && (point & 0xfff800) !== 0xd800
      return valid ? String.fromCodePoint(point) : undefined
    }
    const more = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : byte < 0xf8 ? 3 : 0
    this.#left = more
    this.#least = [0, 0x80, 0x800, 0x10000][more] as number
    this.#point = byte & ([0, 0x1f, 0x0f, 0x07][more] as number)
    return undefined
  }
}
