// What `aitbc validator status` says of votes: those of certificates, and those that came too late
// for one and are shown by a later block.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { votesOf } from '../../../apps/cli/validator-votes.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { encodeSidecar, plainSidecar } from '../../../protocol/block/sidecar.ts'
import { encodeCertificate } from '../../../protocol/consensus/certificate.ts'
import { encodeValidatorSet, validatorSetHash } from '../../../protocol/consensus/validator-set.ts'
import { FINALIZE } from '../../../protocol/consensus/vote.ts'
import { testGenesis } from '../../protocol/chain-world.ts'

const SET = testGenesis().validatorSet
const LATE = 3

function hashOf(height: number): Hex {
  return `0x${height.toString(16).padStart(64, '0')}`
}

function certificate(height: number, signers: readonly number[]): Uint8Array {
  const signature = new Uint8Array(96)
  const blockHash = hashOf(height)
  return encodeCertificate({
    kind: FINALIZE,
    epoch: 1,
    view: height,
    blockHash,
    signers,
    signature,
  })
}

interface Shown {
  /** Whom the block's own certificate has. */
  readonly signers: readonly number[]
  /** What the block brings about the one before. */
  readonly before?: readonly number[]
  /** The node does not know the set. */
  readonly blind?: boolean
}

/** A node's answer for the block. */
function finality(height: number, { signers, before, blind }: Shown) {
  const hash = validatorSetHash(SET)
  const participation = before ? certificate(height - 1, before) : new Uint8Array(0)
  const said = { validatorSetHash: hash, proposer: 0, parentView: height - 1, participation }
  return {
    hash: hashOf(height),
    certificate: bytesToHex(certificate(height, signers)),
    certifiedHash: hashOf(height),
    sidecar: bytesToHex(encodeSidecar(plainSidecar(said))),
    validatorSetHash: hash,
    validatorSet: blind ? null : bytesToHex(encodeValidatorSet(SET)),
  }
}

async function votes(chain: readonly Shown[], key: Hex) {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      const height = Number(JSON.parse(body).params[0])
      const result = finality(height, chain[height - 1] as Shown)
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    return await votesOf(`http://127.0.0.1:${port}`, key, chain.length)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const keyOf = (index: number) => SET.validators[index]?.blsPublicKey as Hex

test('a vote too late for the certificate counts when the next block shows it', async () => {
  const quorum = [0, 1, 2]
  const chain = [
    { signers: quorum },
    { signers: quorum, before: [0, 1, 2, LATE] },
    { signers: quorum },
  ]
  assert.equal(await votes(chain, keyOf(LATE)), { voted: 1, missed: 2, lastHeight: 1 })
  assert.equal(await votes(chain, keyOf(0)), { voted: 3, missed: 0, lastHeight: 3 })
})

test('one that never votes, and a key or a set that is not known', async () => {
  const chain = [{ signers: [0, 1, 2] }, { signers: [0, 1, 2], before: [0, 1, 2] }]
  assert.equal(await votes(chain, keyOf(LATE)), { voted: 0, missed: 2, lastHeight: null })
  const other: Hex = `0x${'77'.repeat(48)}`
  assert.equal(await votes(chain, other), { voted: 0, missed: 0, lastHeight: null })
  const blind = [{ signers: [0, 1, 2], blind: true }]
  assert.equal(await votes(blind, keyOf(0)), { voted: 0, missed: 0, lastHeight: null })
})

test('only the latest 32 blocks are asked for', async () => {
  const chain = Array.from({ length: 40 }, () => ({ signers: [0, 1, 2] }))
  assert.equal(await votes(chain, keyOf(1)), { voted: 32, missed: 0, lastHeight: 40 })
})

test.run()
