// The inspector's screens as text, at the sizes that people use. Every line fits, nothing overlaps.

import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ActorView } from '../../../apps/inspector/snapshot.ts'
import { type InspectorState, initialState, VIEWS } from '../../../apps/inspector/state/model.ts'
import { failed } from '../../../apps/inspector/state/replies.ts'
import { withPane } from '../../../apps/inspector/state/selection.ts'
import type { Size } from '../../../apps/inspector/terminal/cells.ts'
import { frame } from '../../../apps/inspector/views/frame.ts'
import { headerFields } from '../../../apps/inspector/views/header.ts'
import { actor, heardState, recorded } from './recorded.ts'

const SMALL = { width: 80, height: 24 }
const USUAL = { width: 120, height: 40 }
const LARGE = { width: 200, height: 60 }

const ACTORS: Record<string, ActorView[]> = {
  node0: [
    actor('validator/node0', { depth: 66, perSecond: 1028, p99Us: 4950, restarts: 2 }),
    actor('mempool/node0', { depth: 3, state: 'paused', oldestMs: 12_300 }),
    actor('archive/node0', { lastError: 'disk full', deadLetters: 4 }),
  ],
  node1: [actor('validator/node1', { host: 'node1/chain', depth: 12, p50Us: 90 })],
}

const world = (options: Parameters<typeof heardState>[1] = {}) =>
  heardState(
    { node0: recorded('node0', ACTORS.node0), node1: recorded('node1', ACTORS.node1) },
    options,
  )

const lines = (state: InspectorState, size: Size) => frame(state, size).lines()
const text = (state: InspectorState, size: Size) => lines(state, size).join('\n')

test('actors at 80x24', () => {
  const shown = lines(world(), SMALL)
  assert.is(shown.length, 24)
  assert.equal(shown.slice(0, 8), [
    ' local-2   height 231   mode BALANCED   finality 412 ms     4 Hz   2/2 nodes up',
    '  1 Actors   2 Cluster   3 Jobs   4 Chain   5 Storage   6 Log',
    '╭─ Actors 4   sort MBOX ───────────────────────────────────────────────────────╮',
    '│ACTOR                            STATE      MBOX v     AGE  MSG/S  P99 ms  RST│',
    '│validator/node0                  running        66       -   1028    4.95    2│',
    '│validator/node1                  running        12       -     12       -    0│',
    '│mempool/node0                    paused          3   12.3s     12       -    0│',
    '│archive/node0                    running         0       -     12       -    0│',
  ])
  assert.is(shown[22], `╰${'─'.repeat(78)}╯`)
  assert.match(shown[23] as string, /^ q quit {2}\? help {2}\/ filter {2}s sort/)
})

test('wider screens show more columns, never fewer', () => {
  const titles = (size: Size): string[] =>
    (lines(world(), size)[3] as string).match(/[A-Z][A-Z0-9/]+/g) ?? []
  const [small, usual, large] = [titles(SMALL), titles(USUAL), titles(LARGE)]
  assert.equal(small, ['ACTOR', 'STATE', 'MBOX', 'AGE', 'MSG/S', 'P99', 'RST'])
  for (const title of small) assert.ok(usual.includes(title), title)
  for (const title of usual) assert.ok(large.includes(title), title)
  assert.ok(usual.includes('HOST') && usual.includes('DEAD'))
  assert.ok(large.includes('ERROR') && large.includes('HANDLED'))
  assert.match(text(world(), LARGE), /archive\/node0 .* disk full/)
})

test('the header drops what matters least, and never overlaps', () => {
  const state = { ...world(), frozen: true }
  const { left, right } = headerFields(state)
  for (let width = 40; width <= 200; width++) {
    const first = lines(state, { width, height: 12 })[0] as string
    const shown = [...left, ...right].filter((field) => first.includes(field.text))
    const words = first.split(/ {3,}/).map((word) => word.trim())
    for (const word of words) {
      assert.ok(
        [...left, ...right].some((field) => field.text === word),
        `${width}: ${word}`,
      )
    }
    const dropped = [...left, ...right].filter((field) => !shown.includes(field))
    const worst = Math.max(...shown.map((field) => field.priority))
    for (const field of dropped) assert.ok(field.priority >= worst, `${width}: ${field.text}`)
    assert.match(first, /FROZEN {3}(read-only {3})?(4 Hz {3})?2\/2 nodes up$/)
  }
})

test('cluster: threads, links, processes, charts where there is room', () => {
  const small = text(world({ view: 'cluster' }), SMALL)
  assert.match(small, /Threads 4/)
  assert.match(small, /│node0\/market +running +13 +3\.1 % +48\.3 MB +0\.80 +12\.4 +1 +3│/)
  assert.match(small, /Links 2/)
  assert.match(small, /│node0 +node1 +up +0\.42 +6\.1 MB +5\.4 MB +0│/)
  assert.not.match(small, /Processes/)
  const large = text(world({ view: 'cluster' }), LARGE)
  assert.match(large, /Processes 2/)
  assert.match(large, /│node1 .* up +4242 +4\.2 % +181 MB +2m05s/)
  assert.match(large, /CPU of all processes .*\n.*collecting/)
})

test('jobs: the one that waits longest first, with its reason', () => {
  const state = world({ view: 'jobs' })
  const shown = lines(state, USUAL)
  assert.match(shown[2] as string, /Jobs \(2 queued, 2 running, 10 completed\) 2 +sort IN STATE/)
  assert.match(shown[4] as string, /│job_02 .*queued +1m02s .*no provider has 16 GiB/)
  assert.match(shown[5] as string, /│job_01 .*running +3\.1s .*tiny-llm/)
})

test('chain: validators, blocks, finality drawn from polled blocks only', () => {
  const small = text(world({ view: 'chain' }), SMALL)
  assert.match(small, /│node0 +231 BALANCED +0 +340 ms +4 0xaaaa/)
  assert.match(small, /│ +231 +0 +300 0xaaaa/)
  assert.match(small, /Finality ms, by block 300 ─+ 1000 ─╮/)
  assert.match(small, /[\u2801-\u28ff]/)
  assert.match(small, / epoch 7 {3}9 blocks left {3}checkpoint 180, 51 behind {3}leader 0xc4c4c4c4/)
  assert.match(small, / mode BALANCED: load 0\.62 is above 0\.40/)
  const large = text(world({ view: 'chain' }), LARGE)
  assert.match(large, / epoch 7 {3}9 blocks left .*\n mode BALANCED: load 0\.62/)
  // Nodes of an earlier version do not say these things: their page has no such lines.
  const silent = recorded('node0', ACTORS.node0)
  const old = silent.chain.validators.map(({ facts: _, ...validator }) => validator)
  const older = { ...silent, chain: { ...silent.chain, validators: old } }
  assert.not.match(text(heardState({ node0: older }, { view: 'chain' }), SMALL), /epoch|leader/)
  const none = { ...world({ view: 'chain' }), histories: { blocks: [], cluster: [] } }
  assert.match(text(none, LARGE), /Finality ms, by block ─+╮\n.*collecting/)
  assert.not.match(text(none, LARGE), /[\u2801-\u28ff]/)
})

test('storage and log', () => {
  const storage = text(world({ view: 'storage' }), USUAL)
  assert.match(storage, /Stores \(disk 64\.0 GB free\) 4/)
  assert.match(storage, /│node0 +chain +41\.0 MB +1\.1 GB +3\.8 % +10\.4k/)
  assert.match(storage, /Memory of the processes/)
  const log = lines(world({ view: 'log' }), USUAL)
  assert.match(log[4] as string, /│08:00:00\.000 info +node0\/chain .*block is final +.*height=231/)
  assert.match(log.join('\n'), /error node0\/chain +validator\/node0 +handler failed/)
})

test('loading, empty and unreachable are three screens', () => {
  const now = 1_800_000_000_000
  const endpoint = { name: 'node0', nodes: ['node0'], url: 'http://127.0.0.1:9464' }
  const asked = initialState({ cluster: 'dev', processes: [endpoint], now: now - 1200 })
  const loading = text({ ...asked, now }, SMALL)
  assert.match(loading, /Loading actors +│\n.*asking node0 for 1\.2s/)
  assert.match(loading, /0\/1 nodes up/)

  const empty = text(withPane(world(), { filter: 'kind:nothing' }), SMALL)
  assert.match(empty, /No actor matches kind:nothing +│\n.*4 without the filter/)
  const bare = heardState({ node0: { ...recorded('node0'), jobs: { jobs: [], counts: {} } } })
  assert.match(text({ ...bare, view: 'jobs' }, SMALL), /There are no jobs yet/)

  const lost = { process: 'node0', view: 'actors', sequence: 99 } as const
  const never = { ...failed(asked, lost, 'connection refused', now - 65_000), now }
  const unreachable = text(never, SMALL)
  assert.match(unreachable, /Unreachable: no process answers/)
  assert.match(unreachable, /node0 unreachable for 1m05s: connection refused/)
  assert.match(unreachable, /http:\/\/127\.0\.0\.1:9464/)
  assert.not.match(unreachable, /ACTOR/)
  assert.is(new Set([loading, empty, unreachable]).size, 3)
})

test('what does not answer is named; what was known of it stays, dimmed', () => {
  const lost = { process: 'node1', view: 'actors', sequence: 99 } as const
  const one = failed(world(), lost, 'no answer within 2000 ms', world().now - 4000)
  const partly = lines(one, SMALL)
  assert.match(partly[0] as string, /1\/2 nodes up$/)
  assert.match(partly[2] as string, /node1 unreachable for 4\.0s: no answer within 2000 ms/)
  const row = partly.findIndex((line) => line.includes('validator/node1'))
  const { styles } = frame(one, SMALL)
  assert.is(styles[row * 80 + 2], 0x20, 'dimmed')
  assert.is(styles[(row - 1) * 80 + 2], 0, 'not dimmed')
  const all = failed(one, { ...lost, process: 'node0' }, 'connection refused', world().now)
  const shown = text(all, SMALL)
  assert.match(shown, /Unreachable: no process answers/)
  assert.match(shown, /what was known last/)
  assert.match(shown, /validator\/node0 .*66/)
})

test('a selected actor that left the screen stands in its last line', () => {
  const many = Array.from({ length: 200 }, (_, i) => actor(`worker/${i}`, { depth: 500 - i }))
  let state = heardState({ node0: recorded('node0', many) })
  const last = many[150] as ActorView
  const watched = { id: last.id, depths: [], rates: [], restarts: [], last, at: 0 }
  state = { ...withPane(state, { selected: last.id }), watched }
  const shown = lines(state, SMALL)
  assert.match(shown[21] as string, /│worker\/150 .*350/)
  assert.is((frame(state, SMALL).styles[21 * 80 + 5] as number) & 0x60, 0x60, 'reverse and dim')
})

test('detail: where it stands, what went wrong', () => {
  const last = actor('archive/node0', {
    restarts: 3,
    lastError: 'disk full',
    strategy: 'one-for-all',
  })
  const restarts = [{ at: 1_800_000_000_000, why: 'disk full' }]
  const watched = { id: last.id, depths: [1, 2], rates: [0, 3], restarts, last, at: 0 }
  const state = { ...withPane(world(), { selected: last.id }), watched, detail: true }
  for (const size of [SMALL, USUAL, LARGE]) {
    const shown = text(state, size)
    assert.match(shown, /Detail archive\/node0/)
    assert.match(shown, /path +root\/node0 > archive\/node0/)
    assert.match(shown, /supervisor +one-for-all, permanent/)
    assert.match(shown, /08:00:00\.000 disk full/)
  }
})

test('any state at any size gives full lines of plain glyphs', () => {
  const words = fc.string({ unit: 'binary', maxLength: 60 })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 220 }),
      fc.integer({ min: 1, max: 70 }),
      fc.constantFrom(...VIEWS),
      fc.record({ detail: fc.boolean(), help: fc.boolean(), admin: fc.boolean() }),
      words,
      (width, height, view, flags, word) => {
        const odd = actor(`${word}/x`, { lastError: word, host: word, depth: 9 })
        const state = heardState({ node0: recorded('node0', [odd]) })
        const target = { id: word, host: word, process: 'node0' }
        const dialog = { target, action: 'kill', stage: 'confirm', words: word } as const
        const selected = withPane({ ...state, ...flags, view, dialog }, { selected: odd.id })
        const cells = frame({ ...selected, typing: word }, { width, height })
        assert.is(cells.lines().length, height)
        for (const line of cells.lines()) assert.ok([...line].length <= width)
      },
    ),
    { numRuns: 200 },
  )
})

test.run()
