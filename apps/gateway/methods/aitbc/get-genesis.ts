// aitbc_getGenesis: block 0 and the validators that it names, where a light client may begin.

import { bytesToHex } from '../../../../lib/hex.ts'
import { encodeHeader } from '../../../../protocol/block/header-codec.ts'
import { encodeValidatorSet } from '../../../../protocol/consensus/validator-set.ts'
import { RpcError } from '../../errors.ts'
import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const getGenesis = method(
  'aitbc_getGenesis',
  [],
  async ({ blocks, chainId, validatorSet, genesisShare }) => {
    const genesis = await blocks.at(0)
    if (!genesis) throw new RpcError('NOT_FOUND', 'the genesis is not stored here')
    return {
      chainId: quantity(chainId),
      hash: genesis.hash,
      header: bytesToHex(encodeHeader(genesis.header)),
      validatorSet: bytesToHex(encodeValidatorSet(validatorSet)),
      balancedStakeProof: {
        account: genesisShare.account.map(bytesToHex),
        word: genesisShare.word.map(bytesToHex),
      },
    }
  },
)
