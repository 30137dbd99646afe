// Claims in the sidecars of real blocks: built, validated and pinned by the header; a block with
// one that does not follow is neither built nor accepted; the builder leaves such claims out.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeBlock, encodeBlock, makeBlock } from '../../../protocol/block/block.ts'
import { decodeSidecar, encodeSidecar, sidecarRoot } from '../../../protocol/block/sidecar.ts'
import { epochWords } from '../../../protocol/epoch/epoch-storage.ts'
import { assertSupply } from '../../../protocol/epoch/supply.ts'
import { lighterSidecar } from '../../../protocol/execution/lighter-sidecar.ts'
import { withClaims } from '../../../protocol/execution/sidecar-claims.ts'
import { validateBlock } from '../../../protocol/execution/validate-block.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import { CLAIMS_PER_BLOCK_MAX, FAILOVER_MS, ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import {
  type Claim,
  claimDigest,
  claimHash,
  encodeClaim,
  NO_LIMIT,
  type UnsignedClaim,
  WITHOUT_OPERATIONS,
} from '../../../protocol/rollup/claim.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { rollupHeadAfter } from '../../../protocol/rollup/rollup-head.ts'
import { readAccount } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { simBls } from '../../sim/sim-crypto.ts'
import { sign, WALLETS, type Wallet } from '../chain-world.ts'
import { EpochWorld, keyOf, specOf } from '../epoch/epoch-world.ts'

const [ann] = WALLETS as [Wallet]
const rollup = { shards: 1, accounts: 20, locks: 0, balance: 10n ** 9n, owner: ann.address }
const spec = () => {
  const params = { ...GENESIS_PARAMS_DEFAULT, epochBlocks: [60, 60, 60] as const, rollup }
  return specOf({ params: { ...params, modePolicy: 1 } })
}

const head = (world: EpochWorld) =>
  rollupHeadAfter(treeView(world.tree), 0, world.genesis.block.hash)

/** A claim that consumes all messages and has transfers; nobody here executes it. */
function claimOn(world: EpochWorld, over: Partial<UnsignedClaim> = {}): Claim {
  const last = head(world)
  const nothing = { txRoot: last.root, traceRoot: last.root, exits: 0, exitRoot: last.root }
  const claim: UnsignedClaim = {
    ...WITHOUT_OPERATIONS,
    ...nothing,
    shard: 0,
    number: last.number + 1,
    epoch: world.rules.epoch,
    parent: last.hash,
    sequencer: world.rules.set.validators.findIndex(({ address }) => address === last.sequencer),
    bodyHash: last.root,
    bodyBytes: 1000,
    transfers: 10,
    notAfter: NO_LIMIT,
    firstEntry: last.entries + 1,
    entries: 10 + last.inboxCount - last.inboxTo,
    fee: 0,
    feeAccount: 0,
    inboxTo: last.inboxCount,
    consumed: [],
    outbox: [],
    supply: last.supply,
    stateRoot: undefined,
    ...over,
  }
  const first = { ...claim, sequencer: Math.max(0, claim.sequencer) }
  const digest = claimDigest(world.genesis.block.hash, claimHash(first))
  return { ...first, signature: simBls.sign(keyOf(first.sequencer), digest) }
}

/** Of the shard's first claim: anybody's turn has come. */
const LATE = { timestampMs: 1_700_000_000_000 + 4 * FAILOVER_MS }

function begun(): EpochWorld {
  const world = new EpochWorld(spec())
  world.step(LATE)
  world.step({ sidecar: { claims: [encodeClaim(claimOn(world))] } })
  return world
}

test('blocks order claims, and the header commits to them', () => {
  const world = begun()
  const first = claimOn(world)
  const second = claimOn(world, {
    number: first.number + 1,
    parent: claimHash(first),
    firstEntry: first.firstEntry + first.entries,
    stateRoot: first.bodyHash,
  })
  const claims = [first, second].map(encodeClaim)
  const block = world.step({ sidecar: { claims } })
  assert.equal(decodeSidecar(block.sidecar).claims, claims)
  assert.is(block.header.parentBeaconBlockRoot, sidecarRoot(block.sidecar))
  const { number, hash, rootNumber, timestampMs } = head(world)
  assert.equal([number, hash, rootNumber], [3, claimHash(second), 3])
  assert.is(timestampMs, LATE.timestampMs + 200)
  world.step()
  assert.is(head(world).number, 3)
})

test('messages of a block are for the claims of the next, and the money goes with them', () => {
  const world = begun()
  const value = 5n * 10n ** 9n
  const data = calls.encodeDepositTo(3)
  const sent = [sign(ann, { to: ROLLUP_ADDRESS, value, data, gasLimit: 200_000 })]
  const early = claimOn(world, { inboxTo: 1, entries: 11 })
  const refused = world.build({ sent, sidecar: { claims: [encodeClaim(early)] } })
  assert.equal(refused.ok ? [] : [refused.code, refused.detail], ['BAD_CLAIM', 'WRONG_INBOX'])
  world.step({ sent })
  const { supply } = head(world)
  world.step({ sidecar: { claims: [encodeClaim(claimOn(world, { supply: supply + 5n }))] } })
  assert.is(head(world).supply, supply + 5n)
  assert.is(readAccount(world.tree, ROLLUP_ADDRESS).balance, (20n * 10n ** 9n + 5n) * 10n ** 9n)
  const addresses = new Set([...world.genesis.accounts.keys(), ROLLUP_ADDRESS])
  const proposers = world.rules.set.validators.map(({ address }) => address)
  const all = new Set([...addresses, ...proposers])
  const balances = [...all].map((address) => readAccount(world.tree, address).balance)
  assertSupply(epochWords(treeView(world.tree)), [
    ...balances,
    readAccount(world.tree, TREASURY).balance,
  ])
})

const TREASURY = '0x000000000000000000000000000000000000a1ff' as const

test('any changed byte of a block with claims is refused', () => {
  const world = begun()
  const built = world.build({ sidecar: { claims: [encodeClaim(claimOn(world))] } })
  assert.ok(built.ok)
  const { config, block: parent, tree } = world
  assert.ok(validateBlock(config, parent, tree, built.block, []).ok)
  const bytes = encodeBlock(built.block)
  for (let i = 0; i < bytes.length; i++) {
    const changed = Uint8Array.from(bytes)
    changed[i] = (changed[i] as number) ^ (1 << (i % 8))
    let block: ReturnType<typeof decodeBlock>
    try {
      block = decodeBlock(changed)
    } catch {
      continue
    }
    assert.not(validateBlock(config, parent, tree, block, []).ok, `byte ${i}`)
  }
})

test('a sealed block with another claim is refused for the claim', () => {
  const world = begun()
  const good = claimOn(world)
  const built = world.build({ sidecar: { claims: [encodeClaim(good)] } })
  assert.ok(built.ok)
  const { config, block: parent, tree } = world
  const forged = encodeClaim({ ...good, bodyHash: good.parent })
  const sidecar = withClaims(built.block.sidecar, [{ claim: forged }])
  const header = { ...built.block.header, parentBeaconBlockRoot: sidecarRoot(sidecar) }
  const verdict = validateBlock(config, parent, tree, makeBlock(header, [], sidecar), [])
  assert.equal(verdict.ok ? [] : [verdict.code, verdict.detail], ['BAD_CLAIM', 'BAD_SIGNATURE'])
})

test('the builder leaves out what does not follow, and what stands on it', () => {
  const world = begun()
  const first = claimOn(world)
  const stale = claimOn(world, { number: first.number, parent: first.bodyHash })
  const step = { sidecar: { claims: [first, stale, first].map(encodeClaim) } }
  const refused = world.build(step)
  assert.ok(!refused.ok)
  assert.equal([refused.code, refused.detail, refused.item], ['BAD_CLAIM', 'WRONG_NUMBER', 1])
  const lighter = lighterSidecar(world.decide(step).sidecar, refused)
  assert.ok(lighter)
  const { claims, vrfProof } = decodeSidecar(lighter)
  assert.equal(claims, [encodeClaim(first)])
  assert.equal(vrfProof, decodeSidecar(world.decide(step).sidecar).vrfProof)
  assert.ok(world.build({ sidecar: { claims } }).ok)
})

test('a sidecar has at most eight claims, and takes no more', () => {
  const world = begun()
  const many = Array.from({ length: CLAIMS_PER_BLOCK_MAX + 1 }, () => new Uint8Array([1]))
  const plain = world.decide().sidecar
  const offered = many.map((claim) => ({ claim }))
  assert.is(decodeSidecar(withClaims(plain, offered)).claims.length, CLAIMS_PER_BLOCK_MAX)
  const certificate = new Uint8Array([2])
  const both = decodeSidecar(withClaims(plain, [{ claim: certificate, certificate }]))
  assert.equal([both.claims, both.certificates], [[certificate], [certificate]])
  const sidecar = { ...decodeSidecar(plain), claims: many }
  assert.throws(() => decodeSidecar(encodeSidecar(sidecar)), /too many claims/)
})

test('claims are of the running epoch: a turn of it makes them stale', () => {
  const world = new EpochWorld(specOf({ params: { ...spec().params, epochBlocks: [6, 6, 6] } }))
  world.step(LATE)
  const { epoch } = world.rules
  const claim = claimOn(world)
  world.epoch()
  assert.is(world.rules.epoch, epoch + 1)
  const refused = world.build({ sidecar: { claims: [encodeClaim(claim)] } })
  assert.equal(refused.ok ? [] : [refused.code, refused.detail], ['BAD_CLAIM', 'WRONG_EPOCH'])
  world.step({ sidecar: { claims: [encodeClaim(claimOn(world))] } })
  assert.is(head(world).number, 1)
})

test.run()
