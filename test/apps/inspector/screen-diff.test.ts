// Cells and what is sent to make a terminal show them.

import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Cells, fit, lengthOf, safeGlyph } from '../../../apps/inspector/terminal/cells.ts'
import { frameDiff } from '../../../apps/inspector/terminal/frame-diff.ts'
import { STYLE, styleSequence } from '../../../apps/inspector/terminal/style.ts'
import { drawChart, niceTop } from '../../../apps/inspector/views/chart.ts'
import { TinyTerminal } from './tiny-terminal.ts'

const SIZE = { width: 23, height: 7 }

type Mark = { x: number; y: number; text: string; style: number }

const marks = fc.array(
  fc.record({
    x: fc.integer({ min: -3, max: 25 }),
    y: fc.integer({ min: -1, max: 8 }),
    text: fc.string({ unit: 'binary', maxLength: 12 }),
    style: fc.constantFrom(0, STYLE.red, STYLE.bold | STYLE.cyan, STYLE.dim | STYLE.reverse),
  }),
  { maxLength: 12 },
)

function drawn(list: readonly Mark[]): Cells {
  const cells = new Cells(SIZE)
  for (const { x, y, text, style } of list) cells.text(x, y, text, style)
  return cells
}

test('the differences turn the old screen into the new one', () => {
  for (const colours of [true, false]) {
    fc.assert(
      fc.property(fc.array(marks, { minLength: 1, maxLength: 4 }), (screens) => {
        const terminal = new TinyTerminal(SIZE)
        let before: Cells | undefined
        for (const list of screens) {
          const after = drawn(list)
          terminal.write(frameDiff(before, after, colours))
          const faults = terminal.differences(after, (style) => styleSequence(style, colours))
          assert.equal(faults, [])
          assert.is(terminal.synchronous, false, 'every frame is closed')
          before = after
        }
      }),
    )
  }
})

test('nothing is sent when nothing changed, one run for one change', () => {
  const before = drawn([{ x: 2, y: 1, text: 'depth 97', style: 0 }])
  assert.is(frameDiff(before, drawn([{ x: 2, y: 1, text: 'depth 97', style: 0 }]), true), '')
  const after = drawn([{ x: 2, y: 1, text: 'depth 98', style: 0 }])
  assert.is(frameDiff(before, after, true), '\x1b[?2026h\x1b[2;10H8\x1b[0m\x1b[?2026l')
})

test('another size is drawn anew', () => {
  const small = new Cells({ width: 5, height: 2 })
  assert.match(frameDiff(drawn([]), small, true), '\x1b[2J')
  assert.match(frameDiff(undefined, small, true), '\x1b[2J')
})

test('every glyph is one cell wide, whatever was to be drawn', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const cells = new Cells({ width: 20, height: 1 })
      const end = cells.text(0, 0, text)
      assert.is(end, Math.min(20, lengthOf(text)))
      for (const glyph of cells.glyphs) assert.is(safeGlyph(glyph), glyph)
    }),
  )
  const cells = new Cells({ width: 30, height: 1 })
  cells.text(0, 0, 'a\x1b[2Jb\n漢😀─█⣿')
  assert.equal(cells.lines(), ['a?[2Jb???─█⣿'])
})

test('text that does not fit says so, nothing is drawn outside', () => {
  assert.is(fit('scheduler/main', 9), 'schedule~')
  assert.is(fit('scheduler', 9), 'scheduler')
  assert.is(fit('😀😀😀', 2), '😀~')
  assert.is(fit('a', 0), '')
  const cells = new Cells({ width: 10, height: 3 })
  cells.box({ x: 2, y: 0, width: 8, height: 3 }, 'a long title')
  assert.equal(cells.lines(), ['  ╭─ a~ ─╮', '  │      │', '  ╰──────╯'])
})

test('NO_COLOR keeps attributes', () => {
  const style = STYLE.bold | STYLE.red
  assert.is(styleSequence(style, true), '\x1b[0;1;31m')
  assert.is(styleSequence(style, false), '\x1b[0;1m')
})

test('charts: the newest at the right, heights in proportion, a little is not nothing', () => {
  const cells = new Cells({ width: 3, height: 2 })
  assert.is(drawChart(cells, cells.area, [0, 0.001, 50, 100]), 100)
  assert.equal(cells.lines(), ['  ⢸', ' ⢀⣿'])
  assert.equal([0, 0.3, 1, 1.5, 7, 400, 0.02].map(niceTop), [1, 0.5, 1, 2, 10, 500, 0.02])
})

test.run()
