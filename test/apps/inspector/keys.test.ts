// Bytes from a terminal as keys, in whatever pieces they arrive.

import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Key, KeyParser } from '../../../apps/inspector/terminal/key-parser.ts'

function keys(...chunks: (string | Uint8Array)[]): Key[] {
  const parser = new KeyParser()
  const found = chunks.flatMap((chunk) =>
    parser.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
  )
  return [...found, ...parser.flush()]
}

const names = (...chunks: (string | Uint8Array)[]) => keys(...chunks).map((key) => key.name)

test('sequences of the usual terminals', () => {
  assert.equal(names('\x1b[A\x1b[B\x1b[C\x1b[D'), ['up', 'down', 'right', 'left'])
  assert.equal(names('\x1bOA\x1bOB\x1bOH\x1bOF'), ['up', 'down', 'home', 'end'])
  assert.equal(names('\x1b[5~\x1b[6~\x1b[3~\x1b[1~\x1b[Z'), [
    'pageup',
    'pagedown',
    'delete',
    'home',
    'shift-tab',
  ])
  assert.equal(names('\x1b[1;5A'), ['up'])
  assert.equal(names('\r\t\x7f\x03 K'), ['enter', 'tab', 'backspace', 'ctrl-c', ' ', 'K'])
  assert.equal(names('é漢😀'), ['é', '漢', '😀'])
})

test('a burst loses nothing, also around escapes', () => {
  assert.equal(names('jjjx'), ['j', 'j', 'j', 'x'])
  assert.equal(names('\x1bj\x1b\x1b'), ['escape', 'j', 'escape', 'escape'])
  assert.equal(names('j\x1b[Bk'), ['j', 'down', 'k'])
  assert.equal(names('\x1b'), ['escape'])
  assert.equal(names('\x1b['), ['escape', '['])
  assert.equal(names('\x1b[1;'), ['escape', '[', '1', ';'])
})

test('only a pause makes an escape a key', () => {
  const parser = new KeyParser()
  assert.equal(parser.push(Buffer.from('\x1b')), [])
  assert.is(parser.waiting, true)
  assert.equal(parser.push(Buffer.from('[A')), [{ name: 'up', text: '' }])
  assert.is(parser.waiting, false)
})

test('a paste is one key and presses nothing', () => {
  assert.equal(keys('\x1b[200~kind:a\nK\x1b[201~q'), [
    { name: 'paste', text: 'kind:a K' },
    { name: 'q', text: 'q' },
  ])
  const parser = new KeyParser()
  assert.equal(parser.push(Buffer.from('\x1b[200~abc\x1b[20')), [])
  assert.is(parser.waiting, false, 'no pause ends a paste')
  assert.equal(parser.push(Buffer.from('1~')), [{ name: 'paste', text: 'abc' }])
  const endless = keys(`\x1b[200~${'x'.repeat(100_000)}\x1b[201~`)
  assert.is(endless[0]?.text.length, 4096)
})

test('rubbish is dropped and what follows is read', () => {
  assert.equal(names(Uint8Array.of(0xff, 0xc3, 0x28, 0x6a)), ['(', 'j'])
  assert.equal(names('\x1b[99~\x1b[?1;2cj'), ['j'])
  assert.is(names(`\x1b[${'1'.repeat(200)}Aj`).at(-1), 'j')
})

const PIECES = ['j', 'K', ' ', '\r', '\x1b', '\x1b[', '\x1b[A', '\x1bOB', '\x1b[5~', '\x1b[1;5']
const PASTES = ['\x1b[200~', '\x1b[201~', '\x1b[20', 'é', '漢', '😀', '\xff', 'O', '[', '2', ';']
const input = fc
  .array(fc.oneof(fc.constantFrom(...PIECES, ...PASTES), fc.uint8Array({ maxLength: 6 })), {
    maxLength: 30,
  })
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part as string))))

test('any cutting of the same bytes gives the same keys', () => {
  fc.assert(
    fc.property(input, fc.array(fc.nat({ max: 7 })), (bytes, cuts) => {
      const chunks: Uint8Array[] = []
      let from = 0
      for (const cut of cuts) {
        chunks.push(bytes.subarray(from, from + cut))
        from = Math.min(bytes.length, from + cut)
      }
      chunks.push(bytes.subarray(from))
      assert.equal(keys(...chunks), keys(bytes))
      assert.equal(keys(...[...bytes].map((byte) => Uint8Array.of(byte))), keys(bytes))
    }),
    { numRuns: 500 },
  )
})

test.run()
