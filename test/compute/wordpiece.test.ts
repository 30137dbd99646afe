// BERT's tokenizer on a small vocabulary: greedy longest pieces, accents, case, punctuation,
// limits.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WordPieceTokenizer } from '../../compute/runners/wordpiece-tokenizer.ts'

const WORDS =
  '[PAD] [UNK] [CLS] [SEP] un ##aff ##able ##a aff cafe , ! ? 你 好 the ##s the##s $ word ##x'.split(
    ' ',
  )
const vocab = Object.fromEntries(WORDS.map((word, id) => [word, id]))
const tokenizer = new WordPieceTokenizer({ model: { type: 'WordPiece', vocab } })

const CASES: [string, string][] = [
  ['', ''],
  ['   \n\t ', ''],
  ['unaffable', 'un ##aff ##able'],
  ['UNAFFABLE', 'un ##aff ##able'],
  ['aff unknown aff', 'aff [UNK] aff'],
  ['unq', '[UNK]'],
  ['Café', 'cafe'],
  ['Cafe\u0301', 'cafe'],
  ['the,thes!', 'the , the ##s !'],
  ['你好the', '你 好 the'],
  ['$the?', '$ the ?'],
  ['th\u0000e', 'the'],
  [`word${'x'.repeat(96)}`, `word ${Array(96).fill('##x').join(' ')}`],
  [`word${'x'.repeat(97)}`, '[UNK]'],
]

for (const [text, expected] of CASES) {
  test(`${JSON.stringify(text.slice(0, 20))} → ${expected.slice(0, 30)}`, () => {
    const ids = tokenizer.encode(text, 256)
    const pieces = ids.map((id) => WORDS[id])
    assert.is(pieces.join(' '), `[CLS] ${expected} [SEP]`.replace('  ', ' '))
  })
}

test('a long text is cut, with its end mark', () => {
  const ids = tokenizer.encode('the '.repeat(1000), 8)
  assert.equal(
    ids.map((id) => WORDS[id]),
    ['[CLS]', ...Array(6).fill('the'), '[SEP]'],
  )
})

test('another kind of tokenizer, or one without its marks, is refused', () => {
  assert.throws(() => new WordPieceTokenizer({ model: { type: 'BPE', vocab } }), /WordPiece/)
  assert.throws(() => new WordPieceTokenizer({ model: { type: 'WordPiece', vocab: {} } }), /UNK/)
  assert.throws(() => new WordPieceTokenizer({}), /WordPiece/)
})

test.run()
