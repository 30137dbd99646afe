// The options of the benches: each has its bounds, and none is taken that has no effect.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readBenchOptions } from '../../bench/harness/options.ts'
import { ROLLUP_USES } from '../../bench/scenarios/rollup/rollup-notes.ts'

const ROLLUP = { name: 'rollup', defaults: { accounts: 4096 }, uses: ROLLUP_USES }
const RPC = { name: 'rpc', defaults: {} }
const read = (text: string, of: Parameters<typeof readBenchOptions>[1] = ROLLUP) =>
  readBenchOptions(text.split(' ').filter(Boolean), of)

test('what is given, else what the scenario says, else what all have', () => {
  const given = read(
    '--seconds 6 --validators 1 --absent 5 --sums fresh --offered 900 --against anvil,x --json',
  )
  const { seconds, validators, accounts, absent, sums, offered, against, json } = given
  assert.equal([seconds, validators, accounts, absent, sums], [6, 1, 4096, 5, 'fresh'])
  assert.equal([offered, against, json], [900, ['anvil', 'x'], true])
  const none = read('')
  assert.equal([none.seconds, none.validators, none.absent, none.sums], [60, 4, 0, 'cached'])
  assert.equal(
    [none.offered, none.against, none.json, none.senders],
    [undefined, [], false, 'summed'],
  )
})

test('each bad value is refused with what would be a good one', () => {
  const bad: readonly [string, RegExp][] = [
    ['--seconds 0', /^--seconds is a whole number from 1 to 86400, not "0"$/],
    ['--seconds 1.5', /^--seconds is a whole number/],
    ['--validators many', /^--validators is a whole number from 1 to 21, not "many"$/],
    ['--accounts 1', /^--accounts is a whole number from 2 /],
    ['--absent 101', /^--absent is a whole number from 0 to 100, not "101"$/],
    ['--absent=-1', /^--absent is a whole number from 0 to 100, not "-1"$/],
    ['--sums warm', /^--sums is cached or fresh, not "warm"$/],
    ['--offered 0', /^--offered is a whole number from 1 /],
    ['--senders all', /^--senders is summed or checked, not "all"$/],
    ['--senders checked --clients 5', /^--senders checked is of the generator/],
    ['--clients 0', /^--clients is a whole number from 1 to 10000, not "0"$/],
    ['--mode slow', /^--mode is FAST, BALANCED or SECURE, not "slow"$/],
    ['--kill all', /^--kill is sequencer or validator, not "all"$/],
    ['--core-hour free', /^--core-hour is an amount of US dollars above 0, not "free"$/],
    ['--speed 5', /--speed/],
    ['fast', /fast/],
  ]
  for (const [text, says] of bad) assert.throws(() => read(text), says, text)
})

test('an option that would have no effect is refused, unless it says what is so anyway', () => {
  assert.throws(() => read('--absent 5', RPC), /^--absent has no effect on rpc, .* has none$/)
  assert.throws(() => read('--shards 2'), /^--shards has no effect on rollup, .* --absent, --sums/)
  assert.is(read('--mode BALANCED').mode, 'BALANCED')
  assert.throws(() => read('--mode SECURE', RPC), /^--mode has no effect on rpc/)
  assert.throws(() => read('--core-hour 2'), /^--core-hour has no effect on rollup/)
  const plain = read('--absent 0 --sums cached --senders summed --shards 1', RPC)
  assert.equal([plain.absent, plain.sums, plain.shards], [0, 'cached', 1])
  const shards = {
    name: 'shards',
    defaults: { shards: 2, far: 10 },
    uses: ['shards', 'far'] as const,
  }
  assert.is(read('--shards 1', shards).shards, 1)
  assert.throws(
    () => read('--shards 1 --far 50', shards),
    /^--far is of transfers to another shard/,
  )
})

test.run()
