// What the staking module says of a consensus key, read from a node's own chain, which may be
// behind.

import { ArchiveMessages } from '../../actors/messages/archive.ts'
import type { Hex } from '../../lib/hex.ts'
import { decodeArguments } from '../../protocol/abi/codec.ts'
import { STAKING_ADDRESS } from '../../protocol/params.ts'
import { OPERATOR_OF_KEY } from '../../protocol/staking/staking-abi.ts'
import {
  decodeValidatorOf,
  encodeOperatorOfKey,
  encodeValidatorOf,
} from '../../protocol/staking/staking-calls.ts'
import type { Host } from '../../runtime/host.ts'

const ASK_MS = 5000
const NOBODY: Hex = `0x${'00'.repeat(20)}`
const VIEW_GAS = 10_000_000

async function view(host: Host, node: string, data: Uint8Array): Promise<Uint8Array> {
  const call = { from: NOBODY, to: STAKING_ADDRESS, value: 0n, data, gas: VIEW_GAS, gasPrice: 0n }
  const answer = await host.edge.ask(ArchiveMessages, node, 'Call', call, { within: ASK_MS })
  return answer.output
}

/** Undefined where nobody has registered it. Rejects when the node's archive does not answer. */
export async function validatorOfKey(
  host: Host,
  node: string,
  blsPublicKey: Hex,
): Promise<ReturnType<typeof decodeValidatorOf> | undefined> {
  const output = await view(host, node, encodeOperatorOfKey(blsPublicKey))
  const [operator] = decodeArguments(OPERATOR_OF_KEY.outputs, output)
  if (operator === NOBODY) return undefined
  return decodeValidatorOf(await view(host, node, encodeValidatorOf(operator)))
}
