// The inspector in a real terminal, with real keys.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InspectorSession } from './inspector-session.ts'
import { tmuxMissing } from './tmux.ts'

const test = suite('inspect in a terminal')
const missing = tmuxMissing()
if (missing) console.log('skipped: tmux is not installed (apt-get install -y tmux)')
const it = missing ? test.skip : test

const SMALL = { width: 80, height: 24 }
const LARGE = { width: 200, height: 60 }

let session: InspectorSession

test.before.each(() => {
  session = new InspectorSession()
})

test.after.each(() => session.close())

it('80x24: filter, sort, freeze, tabs, and the terminal as it was after q', async () => {
  const screen = await session.start(SMALL)
  const first = await screen.shows(/worker\/node0-0 .*\n.*worker\/node1-0 /)
  assert.is(first.split('\n')[0]?.length, 79)
  assert.is(screen.ask('#{alternate_on} #{cursor_flag}'), '1 0')

  screen.keys('/')
  screen.type('node1-3')
  await screen.shows(/Actors 11 of 80 .* filter node1-3/, /worker\/node0-1 /)
  screen.keys('Enter', 'S')
  await screen.shows(/sort MBOX reversed(.*\n){2}.*worker\/node1-39 /)
  screen.keys('/', 'C-u')
  screen.type('kind:nothing')
  await screen.shows(/No actor matches kind:nothing/)
  screen.keys('Escape')
  await screen.shows(/worker\/node1-39/)

  screen.keys('Space')
  await screen.shows(/FROZEN/)
  screen.keys('Space')
  await screen.shows(/2\/2 nodes up/, /FROZEN/)
  screen.keys('4')
  await screen.shows(/Final blocks/)
  screen.keys('K')
  await screen.shows(/kill is for actors: press 1/)

  screen.keys('q')
  await screen.shows(/ENDED 0/)
  assert.is(screen.ask('#{alternate_on} #{cursor_flag}'), '0 1')
})

it('200x60: kill asks first, is confirmed, and the restart is counted', async () => {
  const screen = await session.start(LARGE, '--admin')
  await screen.shows(/LAST ERROR/)
  screen.keys('j', 'j', 'Enter')
  await screen.shows(/Detail worker\/node1-0 [\s\S]*restarts +0/)
  screen.keys('K')
  await screen.shows(
    /Kill this actor\?[\s\S]*its supervisor starts it again; 999 messages are kept/,
  )
  screen.keys('n')
  await screen.shows(/Detail worker\/node1-0/, /Kill this actor/)
  assert.equal(session.admins[1]?.acts, [], 'n did nothing')

  screen.keys('K')
  await screen.shows(/y kill/)
  // Meanwhile the actor falls down the list: what is killed is the actor that was asked about.
  const named = session.admins[1]?.actors[0]
  assert.ok(named && session.admins[1])
  session.admins[1].actors[0] = { ...named, depth: 1 }
  screen.keys('y')
  await screen.shows(/kill worker\/node1-0: its supervisor/)
  await screen.shows(/restarts +1 [\s\S]*killed by an operator/)
  assert.equal(
    session.admins.flatMap((admin) => admin.acts),
    [{ host: 'node1/chain', actor: 'worker/node1-0', action: 'kill' }],
  )

  screen.keys('t')
  await screen.shows(/Trace: 3 messages, stopped by itself[\s\S]*verb0 < rpc\/main/)
  screen.keys('Escape', 'p')
  await screen.shows(/y pause/)
  screen.keys('y')
  await screen.shows(/worker\/node1-0 .* paused/)
})

it('a burst of keys loses none', async () => {
  const screen = await session.start(SMALL)
  await screen.shows(/worker\/node0-0 /)
  screen.type('jjjjjjjjkk?')
  await screen.shows(/Keys/)
  screen.type('xjj')
  screen.keys('Enter')
  // The first j selects the first row; 7 more, 2 back, 2 more: row 7 of 0..79, node1's fourth.
  await screen.shows(/Detail worker\/node1-3 /)
})

it('a resize draws the other size whole', async () => {
  const screen = await session.start(SMALL)
  await screen.shows(/worker\/node0-0 /, /LAST ERROR/)
  screen.resize(LARGE)
  const large = await screen.shows(/LAST ERROR[\s\S]*worker\/node1-25 [\s\S]*╰─{198}╯/)
  assert.is(large.trimEnd().split('\n').length, 60)
  screen.resize(SMALL)
  const small = await screen.shows(/ACTOR[\s\S]*╰─{78}╯/, /LAST ERROR/)
  assert.is(small.trimEnd().split('\n').length, 24)
})

it('NO_COLOR leaves attributes and takes the colours', async () => {
  const screen = await session.start(SMALL, '', { NO_COLOR: '1' })
  await screen.shows(/worker\/node0-0 /)
  const plain = screen.styled()
  assert.match(plain, '\x1b[1m', 'bold titles')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own language
  assert.not.match(plain, /\x1b\[[\d;]*3[1-7]m/)
})

test.run()
