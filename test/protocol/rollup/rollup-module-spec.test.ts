// docs/spec/rollup-module.md and IRollup.sol say what the code does. Run with WRITE_DOCS=1 to write
// the tables.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  CLAIM_MESSAGES_MAX,
  CLAIMS_PER_BLOCK_MAX,
  CLAIMS_PER_SHARD_MAX,
  EXIT_INDEX,
  FORCE_AFTER_BLOCKS,
  FREEZE_AFTER_BLOCKS,
  ROLLUP_CHALLENGE_SECONDS,
  ROOT_EVERY_MAX,
} from '../../../protocol/params.ts'
import * as abi from '../../../protocol/rollup/rollup-abi.ts'
import { CLAIM_REFUSALS, ROLLUP_REFUSALS } from '../../../protocol/rollup/rollup-refusals.ts'
import { refusalTable, SpecPage } from '../../kit/spec-page.ts'
import { checkInterface } from '../solidity-text.ts'

const page = new SpecPage('rollup-module.md')

test('the page has the refusals of the code', () => {
  page.checkTables({
    'rollup-refusals': refusalTable(ROLLUP_REFUSALS),
    'claim-refusals': refusalTable(CLAIM_REFUSALS),
  })
})

test('the page has the numbers of the code', () => {
  const text = page.read().replaceAll(/\s+/g, ' ')
  const whole = (value: number) => value.toLocaleString('en-US')
  for (const said of [
    `at most ${CLAIMS_PER_BLOCK_MAX} claims, at most ${CLAIMS_PER_SHARD_MAX} of one shard`,
    `at most ${whole(CLAIM_MESSAGES_MAX)}, of those in the state`,
    `older than ${FORCE_AFTER_BLOCKS} blocks`,
    `at the latest ${ROOT_EVERY_MAX} claims after`,
    `challenged for ${ROLLUP_CHALLENGE_SECONDS} seconds`,
    `has waited ${FREEZE_AFTER_BLOCKS} blocks`,
    `To ${whole(EXIT_INDEX)} it is an exit`,
  ]) {
    assert.ok(text.includes(said), said)
  }
})

test('IRollup.sol declares the functions and events of the ABI, with our selectors', () => {
  checkInterface('IRollup.sol', abi.ROLLUP_ABI_TEXT, abi)
})

test.run()
