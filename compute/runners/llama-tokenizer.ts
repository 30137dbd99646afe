// SentencePiece byte-pair tokenizer in llama2.c's older tokenizer.bin: every piece with its score,
// bytes as pieces 3 to 258.

export const BOS = 1
export const EOS = 2
const FIRST_BYTE = 3

export class LlamaTokenizer {
  private readonly pieces: Uint8Array[] = []
  private readonly scores: number[] = []
  /** Pieces by their bytes as Latin-1 text. */
  private readonly ids = new Map<string, number>()

  /** Throws RangeError if the bytes end too early. */
  constructor(bytes: Uint8Array, vocabulary: number) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 4
    for (let id = 0; id < vocabulary; id++) {
      const score = view.getFloat32(at, true)
      const length = view.getInt32(at + 4, true)
      const piece = bytes.subarray(at + 8, at + 8 + length)
      at += 8 + length
      this.pieces.push(piece)
      this.scores.push(score)
      const text = Buffer.from(piece).toString('latin1')
      // A byte's own piece must not hide the real piece with the same bytes.
      if (!this.ids.has(text) || id >= FIRST_BYTE + 256) this.ids.set(text, id)
    }
  }

  /** Token ids of a text, with BOS and the usual leading space. */
  encode(text: string): number[] {
    const tokens: number[] = [BOS]
    if (text === '') return tokens
    const units: number[] = []
    for (const character of ` ${text}`) {
      const latin = Buffer.from(character, 'utf8').toString('latin1')
      const id = this.ids.get(latin)
      if (id !== undefined) units.push(id)
      else for (const byte of Buffer.from(character, 'utf8')) units.push(FIRST_BYTE + byte)
    }
    this.merge(units)
    return [...tokens, ...units]
  }

  /** Joins the neighbours whose piece has the best score until none can be joined. */
  private merge(units: number[]): void {
    for (;;) {
      let best = -1
      let bestId = -1
      let bestScore = Number.NEGATIVE_INFINITY
      for (let i = 0; i + 1 < units.length; i++) {
        const id = this.ids.get(this.latin(units[i] as number) + this.latin(units[i + 1] as number))
        if (id === undefined || (this.scores[id] as number) <= bestScore) continue
        best = i
        bestId = id
        bestScore = this.scores[id] as number
      }
      if (best < 0) return
      units.splice(best, 2, bestId)
    }
  }

  private latin(id: number): string {
    return Buffer.from(this.pieces[id] as Uint8Array).toString('latin1')
  }

  /** The bytes of a token; after BOS a leading space is dropped. */
  piece(token: number, previous: number): Uint8Array {
    const piece = this.pieces[token] ?? new Uint8Array(0)
    return previous === BOS && piece[0] === 0x20 ? piece.subarray(1) : piece
  }
}
