// The chain that the bench of joining works on, and how far a phase is. Accounts come as they do on
// a chain that lives: by a transfer to an address that nobody has used yet. A genesis may not have
// that many.

import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { vrfNative } from '../../../compute/crypto/vrf-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { keccak } from '../../../protocol/crypto/keccak.ts'
import { chainModules } from '../../../protocol/genesis/chain-modules.ts'
import { genesisConfig } from '../../../protocol/genesis/genesis-config.ts'
import { testGenesis } from '../../../test/protocol/chain-world.ts'
import { stderrProgress } from '../../harness/progress.ts'

/** Blocks of one commit while a node catches up. */
export const BATCH = 64

export interface SyncSize {
  readonly blocks: number
  readonly accounts: number
}

/** Where the phases leave what the next ones need, below the folder of the run. */
export function placesIn(root: string) {
  const at = (name: string) => join(root, name)
  return {
    source: at('source'),
    snapshot: at('snapshot'),
    joined: at('joined'),
    replayed: at('replayed'),
  }
}

export function syncWorld() {
  const genesis = testGenesis()
  const ports = { bls: blsNative, secp256k1: secp256k1Native, genesisHash: genesis.block.hash }
  const config = genesisConfig(genesis, chainModules(ports), { bls: blsNative, vrf: vrfNative })
  return { genesis, config }
}

/** Of the account that comes `number`th. */
export function newAddress(number: number): Hex {
  const seed = Uint8Array.of(5, number, number >> 8, number >> 16, number >> 24)
  return bytesToHex(keccak(seed).subarray(12))
}

/** MiB of this process's own memory: without the pages of files, which LMDB's map consists of. */
function ownMemory(): number {
  const [, kib = '0'] =
    /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Math.round(Number(kib) / 1024)
}

export interface PhaseWatch {
  /** How far the phase is; memory is looked at, too. */
  at(done: number, of: number): void
  /** MiB, the most that was seen. */
  peakMb(): number
}

export function watchPhase(name: string): PhaseWatch {
  const progress = stderrProgress()
  const started = performance.now()
  let peak = ownMemory()
  return {
    at(done, of) {
      const now = ownMemory()
      peak = Math.max(peak, now)
      const seconds = Math.round((performance.now() - started) / 1000)
      const load = (loadavg()[0] ?? 0).toFixed(1)
      progress.now(`${name}: ${done} of ${of}, ${seconds} s, ${now} MiB, load ${load}`)
    },
    peakMb: () => {
      peak = Math.max(peak, ownMemory())
      return peak
    },
  }
}
