// Manifests: what is in the tree is valid, and a mistake is told with what was probably meant.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../../../lib/package-root.ts'
import { RigError } from '../rig-error.ts'
import { manifestTopology } from './manifest-topology.ts'
import { parseManifest, readManifest } from './read-manifest.ts'

const BASE = 'name: x\nvalidators: 4\nlasts: 5s\n'

const node1 = (perturbation: string) => `${BASE}nodes: { node1: { perturb: [${perturbation}] } }`

const MISTAKES: readonly [what: string, text: string, why: RegExp][] = [
  ['no YAML', 'a: [', /not YAML/],
  ['an unknown key', `${BASE}recover: 5s`, /unknown key "recover"; did you mean "recovery"\?/],
  ['an unknown action', node1('{ do: kil, at: 1s }'), /did you mean "kill"\?/],
  ['a unit forgotten', node1('{ do: kill, at: 5 }'), /\$\.nodes\.node1\.perturb\[0\]\.at/],
  ['no moment', node1('{ do: kill }'), /give at or height/],
  ['two moments', node1('{ do: kill, at: 1s, height: 4 }'), /give at or height/],
  ['a word of another action', node1('{ do: kill, at: 1s, way: in }'), /is not for kill/],
  ['a needed word', node1('{ do: pause, at: 1s }'), /for: is missing: pause needs it/],
  ['a fault of nothing', node1('{ do: network, at: 1s, for: 1s }'), /needs one of delay/],
  ['a node that is not there', `${BASE}nodes: { node5: {} }`, /node0 to node3, not node5/],
  ['five validators', 'name: x\nvalidators: 5\nlasts: 5s', /of 4 and of 7/],
  [
    'too many late ones',
    `${BASE}nodes: { node1: { starts: { at: 5s } }, node2: { starts: { at: 5s } } }`,
    /at most 1 of 4 can start later/,
  ],
]

for (const [what, text, why] of MISTAKES) {
  test(`refused: ${what}`, () => {
    try {
      parseManifest(text, 'x.yaml')
    } catch (error) {
      assert.instance(error, RigError)
      assert.match((error as RigError).why, why)
      return
    }
    assert.unreachable('it was taken')
  })
}

test('units become numbers', () => {
  const text = node1('{ do: network, at: 1.5s, for: 2m, loss: 0.5%, bandwidth: 10mbit }')
  const [one] = parseManifest(text, 'x').nodes.node1?.perturb ?? []
  assert.is(one?.at, 1500)
  assert.is(one?.for, 120_000)
  assert.is(one?.loss, 0.005)
  assert.is(one?.bandwidth, 1_250_000)
})

const folder = join(packageRoot(), 'test', 'e2e')
for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  test(`${file} is a manifest whose topology is one`, () => {
    const manifest = readManifest(join(folder, file))
    assert.is(`${manifest.name}.yaml`, file)
    const { topology } = manifestTopology(manifest)
    assert.is(Object.keys(topology.nodes).length, manifest.validators)
  })
}

test.run()
