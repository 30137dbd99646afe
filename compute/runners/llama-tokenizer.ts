// SentencePiece byte-pair tokenizer in llama2.c's older tokenizer.bin: every piece with its score,
// bytes as pieces 3 to 258.

import { Heap } from '../../lib/heap.ts'

export const BOS = 1
export const EOS = 2
const FIRST_BYTE = 3
const AFTER_BYTES = FIRST_BYTE + 256
const NONE = -1

/** Two neighbours that may become one piece. Stale once either has been joined with another. */
interface Join {
  readonly left: number
  readonly leftId: number
  readonly rightId: number
  readonly id: number
  readonly score: number
}

/** The best score first; of equal ones the leftmost. */
function before(a: Join, b: Join): boolean {
  return a.score !== b.score ? a.score > b.score : a.left < b.left
}

export class LlamaTokenizer {
  /** Bytes of the longest piece. */
  readonly pieceBytesMax: number
  private readonly pieces: Uint8Array[] = []
  /** The pieces' bytes as Latin-1 text. */
  private readonly texts: string[] = []
  private readonly scores: number[] = []
  private readonly ids = new Map<string, number>()

  /** Throws RangeError if the bytes end too early. */
  constructor(bytes: Uint8Array, vocabulary: number) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 4
    let longest = 1
    for (let id = 0; id < vocabulary; id++) {
      const score = view.getFloat32(at, true)
      const length = view.getInt32(at + 4, true)
      at += 8 + length
      if (length < 0 || at > bytes.length) throw new RangeError('the tokenizer is cut short')
      const piece = bytes.subarray(at - length, at)
      const text = latin1(piece)
      this.pieces.push(piece)
      this.texts.push(text)
      this.scores.push(score)
      longest = Math.max(longest, length)
      // A byte's own piece must not hide the real piece with the same bytes.
      if (!this.ids.has(text) || id >= AFTER_BYTES) this.ids.set(text, id)
    }
    this.pieceBytesMax = longest
  }

  /** Token ids of a text, with BOS and the usual leading space. Takes n · log n. */
  encode(text: string): number[] {
    if (text === '') return [BOS]
    const units: number[] = []
    for (const character of ` ${text}`) {
      const bytes = Buffer.from(character, 'utf8')
      const id = this.ids.get(latin1(bytes))
      if (id !== undefined) units.push(id)
      else for (const byte of bytes) units.push(FIRST_BYTE + byte)
    }
    return [BOS, ...this.merge(units)]
  }

  /** Joins the neighbours whose piece has the best score until none can be joined. */
  private merge(ids: number[]): number[] {
    const next = ids.map((_, i) => (i + 1 < ids.length ? i + 1 : NONE))
    const previous = ids.map((_, i) => i - 1)
    const joins = new Heap<Join>(before)
    const consider = (left: number) => {
      const right = left === NONE ? NONE : (next[left] as number)
      if (right === NONE) return
      const [leftId, rightId] = [ids[left] as number, ids[right] as number]
      const id = this.ids.get((this.texts[leftId] as string) + (this.texts[rightId] as string))
      if (id === undefined) return
      joins.push({ left, leftId, rightId, id, score: this.scores[id] as number })
    }
    for (let i = 0; i < ids.length; i++) consider(i)
    for (let join = joins.pop(); join; join = joins.pop()) {
      const { left, leftId, rightId, id } = join
      const right = next[left] as number
      if (ids[left] !== leftId || right === NONE || ids[right] !== rightId) continue
      const after = next[right] as number
      ids[left] = id
      ids[right] = NONE
      next[left] = after
      if (after !== NONE) previous[after] = left
      consider(previous[left] as number)
      consider(left)
    }
    return ids.filter((id) => id !== NONE)
  }

  /** The bytes of a token; after BOS a leading space is dropped. */
  piece(token: number, previous: number): Uint8Array {
    const piece = this.pieces[token] ?? new Uint8Array(0)
    return previous === BOS && piece[0] === 0x20 ? piece.subarray(1) : piece
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
