// docs/spec/rollup-module.md and IRollup.sol say what the code does. Run with WRITE_DOCS=1 to write
// the tables.
import { readFileSync, writeFileSync } from 'node:fs'
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
import { checkInterface } from '../solidity-text.ts'

const page = new URL('../../../docs/spec/rollup-module.md', import.meta.url)

function refusals(texts: Readonly<Record<string, string>>): string {
  const rows = Object.entries(texts).map(([code, text]) => `| \`${code}\` | ${text} |`)
  return ['| code | text |', '| --- | --- |', ...rows].join('\n')
}

function withTable(text: string, name: string, made: string): string {
  const pattern = new RegExp(`<!-- ${name} -->\n(\n\\|[^]*?\\|\n(?=\n|$))?`)
  return text.replace(pattern, () => `<!-- ${name} -->\n\n${made}\n`)
}

test('the page has the refusals of the code', () => {
  const text = readFileSync(page, 'utf8')
  let made = withTable(text, 'rollup-refusals', refusals(ROLLUP_REFUSALS))
  made = withTable(made, 'claim-refusals', refusals(CLAIM_REFUSALS))
  if (process.env.WRITE_DOCS === '1') writeFileSync(page, made)
  else assert.is(text, made)
})

test('the page has the numbers of the code', () => {
  const text = readFileSync(page, 'utf8').replaceAll(/\s+/g, ' ')
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
