// What every store must do: order, ranges, atomicity, copies. Run for memory, LMDB and the
// simulated disk. Every case is checked against a plain model.

import fc from 'fast-check'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { STORE_KEY_BYTES_MAX } from '../../config/limits.ts'
import { compareBytes } from '../../lib/bytes.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Put, RangeOptions, Store } from '../../runtime/store.ts'

/** Makes an empty store; `dispose` is called when its test is over. */
export interface StoreMaker {
  make(): Store
  dispose(store: Store): void | Promise<void>
  /** For stores whose commits need something to drive them, such as virtual time. */
  settle?(): void
}

const key = (...bytes: number[]) => Uint8Array.from(bytes)

/** Model: table → hex key → [key, value]. */
type Model = Map<string, Map<string, [Uint8Array, Uint8Array]>>

function applyTo(model: Model, puts: readonly Put[]): void {
  for (const { table, key, value } of puts) {
    const rows = model.get(table) ?? new Map()
    model.set(table, rows)
    if (value === undefined) rows.delete(bytesToHex(key))
    else rows.set(bytesToHex(key), [key, value])
  }
}

function rangeOf(model: Model, table: string, options: RangeOptions): [string, string][] {
  const { from, to, reverse, limit } = options
  const rows = [...(model.get(table)?.values() ?? [])]
    .filter(([key]) => !from || compareBytes(key, from) >= 0)
    .filter(([key]) => !to || compareBytes(key, to) < 0)
    .sort((a, b) => compareBytes(a[0], b[0]))
  if (reverse) rows.reverse()
  return rows.slice(0, limit).map(([key, value]) => [bytesToHex(key), bytesToHex(value)])
}

/** Few different bytes, so that keys meet; the extremes, where stores go wrong. */
const anyKey = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(new Uint8Array(40).fill(255)) },
  { weight: 1, arbitrary: fc.constantFrom(key(0), key(0, 0), key(255), key(255, 255, 255, 255)) },
)
const anyTable = fc.constantFrom('a', 'b')
const anyPut: fc.Arbitrary<Put> = fc.record({
  table: anyTable,
  key: anyKey,
  value: fc.option(fc.uint8Array({ maxLength: 4 }), { nil: undefined }),
})
const anyRange = fc.record(
  {
    from: anyKey,
    to: anyKey,
    reverse: fc.boolean(),
    limit: fc.constantFrom(0, 1, 3, 1000),
  },
  { requiredKeys: ['limit'] },
) as fc.Arbitrary<RangeOptions>

export function storeTests(test: Test, maker: StoreMaker): void {
  const commit = (store: Store, puts: readonly Put[]): Promise<Error | undefined> => {
    const done = new Promise<Error | undefined>((resolve) => store.commit(puts, resolve))
    maker.settle?.()
    return done
  }
  const withStore = async (work: (store: Store) => Promise<void>) => {
    const store = maker.make()
    try {
      await work(store)
    } finally {
      await maker.dispose(store)
    }
  }

  test('any commits, then any reads: the same as a plain sorted map', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyPut, { maxLength: 12 }), { maxLength: 4 }),
        fc.array(anyRange, { minLength: 1, maxLength: 6 }),
        (commits, ranges) =>
          withStore(async (store) => {
            const model: Model = new Map()
            for (const puts of commits) {
              assert.is(await commit(store, puts), undefined)
              applyTo(model, puts)
            }
            for (const table of ['a', 'b']) {
              for (const options of ranges) {
                const rows = store.range(table, options)
                const found = rows.map((row) => row.map(bytesToHex))
                assert.equal(found, rangeOf(model, table, options))
              }
              for (const row of rangeOf(model, table, { limit: 1000 })) {
                const value = store.get(table, Buffer.from(row[0].slice(2), 'hex'))
                assert.is(value && bytesToHex(value), row[1])
              }
            }
          }),
      ),
      { numRuns: 60 },
    ))

  test('a guard is asked when its commit is applied, and what it returns refuses it', () =>
    withStore(async (store) => {
      const row = (value: number) => [{ table: 'a', key: key(1), value: key(value) }]
      const unless = (value: number) => () => {
        return store.get('a', key(1))?.[0] === value ? new Error(`it is ${value}`) : undefined
      }
      const commits = [2, 3, 4].map(
        (value) =>
          new Promise<Error | undefined>((resolve) => {
            store.commit(row(value), resolve, unless(3))
          }),
      )
      maker.settle?.()
      const refusals = (await Promise.all(commits)).map((error) => error?.message)
      assert.equal(refusals, [undefined, undefined, 'it is 3'])
      assert.equal([...(store.get('a', key(1)) ?? [])], [3])
    }))

  test('a commit that cannot be applied applies nothing', () =>
    withStore(async (store) => {
      await commit(store, [{ table: 'a', key: key(1), value: key(10) }])
      for (const bad of [new Uint8Array(0), new Uint8Array(STORE_KEY_BYTES_MAX + 1)]) {
        const error = await commit(store, [
          { table: 'a', key: key(1), value: key(11) },
          { table: 'a', key: key(2), value: key(12) },
          { table: 'b', key: bad, value: key(13) },
        ])
        assert.instance(error, Error)
        assert.equal([...(store.get('a', key(1)) ?? [])], [10])
        assert.is(store.get('a', key(2)), undefined)
      }
      assert.is(await commit(store, [{ table: 'b', key: key(5), value: key(1) }]), undefined)
      assert.equal([...(store.get('b', key(5)) ?? [])], [1], 'the next commit works')
    }))

  test('bytes handed over and bytes read are copies', () =>
    withStore(async (store) => {
      const [name, value] = [key(1, 2), key(3, 4)]
      await commit(store, [{ table: 'a', key: name, value }])
      name[0] = 9
      value[0] = 9
      const read = store.get('a', key(1, 2)) as Uint8Array
      assert.equal([...read], [3, 4])
      const [row] = store.range('a', { limit: 1 })
      store.get('a', key(7))
      assert.equal([...(row?.[0] ?? [])], [1, 2])
      read[0] = 8
      if (row) row[1][0] = 8
      assert.equal([...(store.get('a', key(1, 2)) ?? [])], [3, 4])
    }))

  test('empty values, long keys and large values are kept', () =>
    withStore(async (store) => {
      const long = new Uint8Array(STORE_KEY_BYTES_MAX).fill(255)
      const large = new Uint8Array(8 << 20).map((_, i) => i * 7)
      const puts = [
        { table: 'a', key: key(0), value: new Uint8Array(0) },
        { table: 'a', key: long, value: key(1) },
        { table: 'a', key: key(1), value: large },
      ]
      assert.is(await commit(store, puts), undefined)
      assert.is(store.get('a', key(0))?.length, 0)
      assert.equal([...(store.get('a', long) ?? [])], [1])
      const read = store.get('a', key(1)) as Uint8Array
      assert.is(compareBytes(read, large), 0)
      assert.equal(
        store.range('a', { limit: 9, reverse: true, from: key(0), to: key(2) }).length,
        2,
      )
    }))
}
