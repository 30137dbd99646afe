// BERT's tokenizer: clean, lower-case, strip accents, split on spaces and punctuation, then greedy
// longest pieces (Devlin et al. 2018). Reads the vocabulary of a tokenizer.json.

const WORD_CHARACTERS_MAX = 100

function isPunctuation(character: string): boolean {
  return /[\p{P}!-/:-@[-`{-~]/u.test(character)
}

function isCjk(character: string): boolean {
  return /\p{Script=Han}/u.test(character)
}

export class WordPieceTokenizer {
  private readonly vocabulary: Map<string, number>
  private readonly unknown: number
  private readonly start: number
  private readonly end: number

  /** `json` is the parsed tokenizer.json; throws if it is of another kind. */
  constructor(json: unknown) {
    const { model } = json as { model?: { type?: string; vocab?: Record<string, number> } }
    if (model?.type !== 'WordPiece' || !model.vocab) throw new Error('not a WordPiece tokenizer')
    this.vocabulary = new Map(Object.entries(model.vocab))
    this.unknown = this.special('[UNK]')
    this.start = this.special('[CLS]')
    this.end = this.special('[SEP]')
  }

  private special(name: string): number {
    const id = this.vocabulary.get(name)
    if (id === undefined) throw new Error(`the vocabulary has no ${name}`)
    return id
  }

  /** Ids with [CLS] and [SEP], at most `max`. */
  encode(text: string, max: number): number[] {
    const ids = this.words(text).flatMap((word) => this.pieces(word))
    return [this.start, ...ids.slice(0, max - 2), this.end]
  }

  private words(text: string): string[] {
    const clean = text
      .normalize('NFD')
      .replace(/\p{Mn}/gu, '')
      .toLowerCase()
    let spaced = ''
    for (const character of clean) {
      if (/\p{Cc}/u.test(character) && !/\s/.test(character)) continue
      spaced += isPunctuation(character) || isCjk(character) ? ` ${character} ` : character
    }
    return spaced.split(/\s+/u).filter((word) => word !== '')
  }

  private pieces(word: string): number[] {
    const characters = [...word]
    if (characters.length > WORD_CHARACTERS_MAX) return [this.unknown]
    const ids: number[] = []
    for (let from = 0; from < characters.length; ) {
      let to = characters.length
      let found: number | undefined
      for (; to > from && found === undefined; to--) {
        const piece = (from > 0 ? '##' : '') + characters.slice(from, to).join('')
        found = this.vocabulary.get(piece)
      }
      if (found === undefined) return [this.unknown]
      ids.push(found)
      from = to + 1
    }
    return ids
  }
}
