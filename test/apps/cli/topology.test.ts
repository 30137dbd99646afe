// Topology files at the command line: what is wrong with one is named with its place and the
// nearest name; what is right is resolved into nodes, threads, actors and ports.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../../lib/package-root.ts'
import { runCommand } from '../../kit/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-topology-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const cli = (...args: string[]) => runCommand(folder, args)

const preset = (name: string) => join(packageRoot(), 'config', 'topologies', `${name}.yaml`)

const HEAD = 'name: a\nnetwork: dev\n'
const REST =
  '  b: { roles: [validator] }\n  c: { roles: [validator] }\n  d: { roles: [validator] }\n'
const file = (node: string, more = '') => `${HEAD}${more}nodes:\n  n: { ${node} }\n${REST}`

const WRONG: [text: string, path: string, message: RegExp, didYouMean: string | null][] = [
  [file('rolse: [validator]'), '$.nodes.n.rolse', /unknown key "rolse"/, 'roles'],
  [file('role: validator'), '$.nodes.n.role', /unknown key/, 'roles'],
  [file('roles: [validator, gatway]'), '$.nodes.n.roles[1]', /"gatway" is not one of/, 'gateway'],
  [file('roles: validator'), '$.nodes.n.roles', /a list of roles/, '[validator]'],
  [file('roles: [validator]', 'ports: {}\n'), '$.ports', /unknown key/, 'nodes'],
  [file('roles: [validator]', 'process: eech\n'), '$.process', /not one of each, shared/, 'each'],
  [file('roles: [validator], ports: { rcp: 1 }'), '$.nodes.n.ports.rcp', /unknown key/, 'rpc'],
  [file('roles: [validator], ports: { rpc: 70000 }'), '$.nodes.n.ports.rpc', /65535/, null],
  [
    file('roles: [validator], tasks: { signature: 1 }'),
    '$.nodes.n.tasks.signature',
    /u/,
    'signatures',
  ],
  [file('roles: [validator], listen: here'), '$.nodes.n.listen', /\/ip4\//, null],
  [file('roles: [validator], peer: 12D3KooW'), '$.nodes.n.peer', /a peer id starts/, null],
  [file('roles: [validator], slots: 2'), '$.nodes.n.slots', /role provider/, null],
  [file('roles: [validator], threads: { main: [archive] }'), '$.nodes.n.threads.main', /se/, null],
  [
    file('roles: [validator], threads: { x: [validtor] }'),
    '$.nodes.n.threads.x[0]',
    /start no actor "validtor"/,
    'validator',
  ],
  [
    file('roles: [validator], threads: { x: [archive], y: [archive] }'),
    '$.nodes.n.threads.y[0]',
    /another thread/,
    null,
  ],
  [
    file('roles: [validator, coordinator, provider], models: [storys15m]'),
    '$.nodes.n.models[0]',
    /no model "storys15m"/,
    'stories15m',
  ],
  [file('roles: [validator, coordinator, provider]'), '$.nodes.n.models', /names the models/, null],
  [file('roles: [validator, provider], models: [stories15m]'), '$.nodes', /coordinator/, null],
  [file('roles: [gateway]'), '$.nodes', /3 validators, but the network dev has 4/, null],
  [file('roles: [validator]').replace('work: dev', 'work: dve'), '$.network', /unknown/, 'dev'],
  [`${HEAD}nodes: {}\n`, '$.nodes', /no validator/, null],
  [HEAD, '$.nodes', /is missing/, null],
  [
    file('roles: [validator]', 'actors: { scheduler: { keys: [a], role: coordinator } }\n'),
    '$.actors.scheduler.keys',
    /one scheduler/,
    null,
  ],
  [': [', '$', /not YAML/, null],
  ['7', '$', /expected object/i, null],
]

for (const [i, [text, path, message, didYouMean]] of WRONG.entries()) {
  test(`wrong file ${i}: ${path}`, async () => {
    const name = join(folder, `wrong-${i}.yaml`)
    writeFileSync(name, text)
    const { status, out } = await cli('topology', 'check', name, '--json')
    assert.is(status, 1, out)
    const document = JSON.parse(out)
    assert.is(document.ok, false)
    const [first] = document.errors
    assert.is(first.path, path, out)
    assert.match(first.message, message)
    assert.is(first.did_you_mean, didYouMean)

    const plain = await cli('topology', 'check', name)
    assert.is(plain.status, 1)
    assert.is(plain.out, '')
    assert.match(plain.err, /^error: .+\nwhy: {3}\$.*\n/)
    assert.is((await cli('up', name, '--data', 'x')).status, 2)
  })
}

test('all faults of a file are told at once', async () => {
  const name = join(folder, 'many.yaml')
  writeFileSync(name, file('rolse: [], prots: {}', 'epoch: 0\n'))
  const { errors } = JSON.parse((await cli('topology', 'check', name, '--json')).out)
  const paths = errors.map((error: { path: string }) => error.path).sort()
  assert.equal(paths, ['$.epoch', '$.nodes.n.prots', '$.nodes.n.rolse'])
})

interface NodeDocument {
  name: string
  process: string
  threads: { name: string; actors: string[] }[]
  ports: Record<string, number>
  memory_mb: number
}

for (const found of readdirSync(join(packageRoot(), 'config', 'topologies'))) {
  if (!found.endsWith('.yaml')) continue
  const name = found.slice(0, -'.yaml'.length)
  test(`preset ${name} is right, and every actor has exactly one place`, async () => {
    const { status, out } = await cli('topology', 'check', preset(name), '--json')
    assert.is(status, 0, out)
    const plan = JSON.parse(out)
    assert.is(plan.ok, true)
    const nodes = plan.nodes as NodeDocument[]
    const actors = nodes.flatMap((node) => node.threads.flatMap((thread) => thread.actors))
    assert.is(new Set(actors).size, actors.length)
    assert.is(actors.filter((actor) => actor === 'scheduler/main').length, 1)
    assert.ok(plan.faults_tolerated >= 1)
    assert.ok(nodes.every((node) => node.memory_mb > 0))
    const ports = nodes.flatMap((node) => Object.values(node.ports)).filter((port) => port !== 0)
    assert.is(new Set(ports).size, ports.length)
    const lines = (await cli('topology', 'check', preset(name))).out.split('\n')
    for (const actor of actors) assert.ok(lines.some((line) => line.includes(actor)))
    const graph = (await cli('topology', 'graph', preset(name))).out
    for (const actor of actors) assert.ok(graph.includes(actor))
  })
}

test('the dev preset is one process, the local presets one for each node', async () => {
  const processes = async (name: string) => {
    const { nodes } = JSON.parse((await cli('topology', 'check', preset(name), '--json')).out)
    return [...new Set((nodes as NodeDocument[]).map((node) => node.process))]
  }
  assert.equal(await processes('dev'), ['dev'])
  assert.equal(await processes('local-4'), ['node0', 'node1', 'node2', 'node3'])
  for (const name of ['local-7-shards', 'local-7-committees']) {
    assert.is((await processes(name)).length, 7)
  }
})

test('every node of several processes has its own identity', async () => {
  const plan = JSON.parse((await cli('topology', 'check', preset('local-4'), '--json')).out)
  const peers = (plan.nodes as { peer: string }[]).map(({ peer }) => peer)
  assert.is(new Set(peers).size, 4)
  for (const peer of peers) assert.match(peer, /^12D3KooW/)
})

test('threads can be split, ports left out count up, and what is unwise is a warning', async () => {
  const name = join(folder, 'split.yaml')
  const split = 'threads: { votes: [validator] }, ports: { rpc: 8546 }'
  writeFileSync(
    name,
    `${file(`roles: [validator, gateway], ${split}`)}  e: &g { roles: [gateway] }\n  f: *g\n`,
  )
  const plan = JSON.parse((await cli('topology', 'check', name, '--json')).out)
  const [first, ...rest] = plan.nodes as NodeDocument[]
  assert.equal(first?.threads, [
    {
      name: 'chain',
      actors: ['block-builder/n', 'archive/n', 'mempool/n', 'shard/n', 'rollup-sequencer/n'],
    },
    { name: 'votes', actors: ['validator/n'] },
  ])
  assert.equal(rest.at(-1)?.ports, { rpc: 8547, metrics: 9469, peer: 30308 })
  const said = plan.warnings.join('\n')
  assert.match(said, /port 8546 is for n\.rpc and for e\.rpc/)
  assert.match(said, /no node has the role provider/)
})

test.run()
