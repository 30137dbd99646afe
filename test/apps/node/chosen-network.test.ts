// A development chain in the mode that somebody asks for: another genesis, the same for every
// process that reads the same setting, and one that its own chain setup accepts.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chainSetup } from '../../../apps/node/chain-setup.ts'
import { chosenNetwork, isFollowed, withMode } from '../../../apps/node/chosen-network.ts'
import { loadNetwork } from '../../../config/network.ts'
import { MODE_CHOICES } from '../../../config/node-settings.ts'
import { loadParams } from '../../../protocol/epoch/epoch-params.ts'
import { epochWords, rulesAfter } from '../../../protocol/epoch/epoch-storage.ts'
import { treeView } from '../../../protocol/state/state-view.ts'

test('each choice is a chain of its own, made alike wherever it is made', () => {
  const hashes = new Set<string>()
  for (const consensusMode of MODE_CHOICES) {
    const network = chosenNetwork('dev', { consensusMode })
    assert.equal(chosenNetwork('dev', { consensusMode }), network)
    hashes.add(network.genesisHash)
    const { genesis } = chainSetup(network)
    const view = treeView(genesis.tree)
    const isAuto = consensusMode === 'AUTO'
    assert.is(rulesAfter(view).mode, isAuto ? 0 : MODE_CHOICES.indexOf(consensusMode))
    assert.is(loadParams(epochWords(view)).modePolicy, isAuto ? 0 : 1)
    assert.is(network.validatorSetHash, loadNetwork('dev').validatorSetHash)
  }
  assert.is(hashes.size, MODE_CHOICES.length)
  assert.equal(chosenNetwork('dev', { consensusMode: undefined }), loadNetwork('dev'))
})

test('a network whose keys are not public decides for itself', () => {
  const network = { ...loadNetwork('dev'), keys: 'private' as const }
  assert.not(isFollowed(network, { consensusMode: 'SECURE' }))
  assert.ok(isFollowed(network, { consensusMode: undefined }))
})

test('a genesis whose hash is not the pinned one is refused', () => {
  const { genesis } = withMode(loadNetwork('dev'), 'SECURE', 'pinned')
  assert.throws(() => chainSetup({ ...loadNetwork('dev'), genesis }), /is pinned/)
})

test.run()
