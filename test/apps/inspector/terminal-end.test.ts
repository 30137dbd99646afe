// However the inspector ends, the terminal is what it was; and what happens when processes die.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../../lib/package-root.ts'
import { nodeArgs } from '../../kit/node-args.ts'
import { InspectorSession } from './inspector-session.ts'
import { Tmux, tmuxMissing } from './tmux.ts'

const test = suite('the end of inspect')
const missing = tmuxMissing()
if (missing) console.log('skipped: tmux is not installed (apt-get install -y tmux)')
const it = missing ? test.skip : test

const SMALL = { width: 80, height: 24 }

let session: InspectorSession

test.before.each(() => {
  session = new InspectorSession()
})

test.after.each(() => session.close())

for (const [signal, status] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  it(`${signal} restores the terminal`, async () => {
    const screen = await session.start(SMALL)
    assert.is(screen.ask('#{alternate_on}'), '1')
    process.kill(session.pid, signal)
    await screen.shows(new RegExp(`ENDED ${status}`))
    assert.is(screen.ask('#{alternate_on} #{cursor_flag} #{wrap_flag}'), '0 1 1')
    screen.line('clear; stty -a')
    const modes = await screen.shows(/iexten|\bicanon\b/)
    assert.match(modes, /(?<!-)\bicanon\b/)
    assert.match(modes, /(?<!-)\becho\b/)
    assert.match(modes, /(?<!-)\bisig\b/)
  })
}

it('a process that dies is shown as unreachable, the rest goes on', async () => {
  const screen = await session.start(SMALL)
  session.admins[1]?.close()
  await screen.shows(/1\/2 nodes up(.*\n){2}.*node1 unreachable for [\s\S]*worker\/node1-0 /)
  session.admins[0]?.close()
  await screen.shows(/Unreachable: no process answers[\s\S]*what was known last/)
  screen.keys('C-c')
  await screen.shows(/ENDED 0/)
})

it('a fault of ours is said after the terminal is restored', async () => {
  const screen = new Tmux(SMALL, packageRoot())
  try {
    const program = nodeArgs(import.meta.url, './throwing-inspect').join(' ')
    screen.line(`clear; node ${program}; echo ENDED $?`)
    await screen.shows(/error: a fault of ours\s+ENDED 1/)
    assert.is(screen.ask('#{alternate_on} #{cursor_flag}'), '0 1')
  } finally {
    screen.close()
  }
})

test.run()
