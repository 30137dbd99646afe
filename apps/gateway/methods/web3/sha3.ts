// web3_sha3: keccak256 of the bytes.

import { keccakHex } from '../../../../protocol/crypto/keccak.ts'
import { method } from '../../method.ts'
import { anyBytes } from '../../params.ts'

export const sha3 = method('web3_sha3', [anyBytes], (_, bytes) => keccakHex(bytes))
