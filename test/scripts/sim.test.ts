// The simulator as a program: the same report whatever the number of workers, a failure with one
// command that replays it, and that command fails in the same way.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodeArgs } from '../kit/node-args.ts'

const run = promisify(execFile)

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function sim(...args: string[]): Promise<Outcome> {
  const all = [...nodeArgs(import.meta.url, '../../scripts/sim'), ...args]
  try {
    return { code: 0, ...(await run(process.execPath, all)) }
  } catch (error) {
    return error as unknown as Outcome
  }
}

test('one worker or two: the same report', async () => {
  const sweep = ['--scenario', 'actors', '--seeds', '6', '--json', '--jobs']
  const [one, two] = await Promise.all([sim(...sweep, '1'), sim(...sweep, '2')])
  assert.is(one.code, 0, one.stderr)
  const [first, second] = [one, two].map(({ stdout }) => JSON.parse(stdout))
  assert.is(first.seeds, 6)
  assert.equal({ ...second, seconds: 0 }, { ...first, seconds: 0 })
})

test('a failure tells seed, commit, events and one command, which fails in the same way', async () => {
  const planted = ['--scenario', 'actors', '--plant', 'ack-before-sync', '--shrink', '--json']
  const { code, stdout, stderr } = await sim(...planted, '--seeds', '3')
  assert.is(code, 1)
  const { failures } = JSON.parse(stdout)
  const { seed, checker, replay } = failures[0]
  assert.match(stderr, new RegExp(`seed ${seed} of actors at commit [0-9a-f]+`))
  assert.match(stderr, /the last events:\n {2}\d/)
  assert.ok(stderr.includes(`replay: ${replay}`))
  const [, text = ''] = /^npm run sim -- (.*)$/.exec(replay) ?? []
  const args = [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare)
  const again = await sim(...(args as string[]), '--json')
  assert.is(again.code, 1)
  assert.is(JSON.parse(again.stdout).failures[0].checker.split(':')[0], checker.split(':')[0])
})

test('what it does not know is refused with what it knows', async () => {
  const [scenario, plant, seeds] = await Promise.all([
    sim('--scenario', 'nothing'),
    sim('--plant', 'nothing'),
    sim('--seeds', 'many'),
  ])
  assert.equal([scenario.code, plant.code, seeds.code], [2, 2, 2])
  assert.match(scenario.stderr, /knows cluster, actors/)
  assert.match(plant.stderr, /knows double-vote, forget-sign-log/)
})

test.run()
