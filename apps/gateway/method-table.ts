// All methods by name.

import type { Method } from './method.ts'
import { getCheckpoint as aitbcGetCheckpoint } from './methods/aitbc/get-checkpoint.ts'
import { getFinality as aitbcGetFinality } from './methods/aitbc/get-finality.ts'
import { getGenesis as aitbcGetGenesis } from './methods/aitbc/get-genesis.ts'
import { getHeaders as aitbcGetHeaders } from './methods/aitbc/get-headers.ts'
import { getInclusion as aitbcGetInclusion } from './methods/aitbc/get-inclusion.ts'
import { status as aitbcStatus } from './methods/aitbc/status.ts'
import { accounts } from './methods/eth/accounts.ts'
import { blockNumber } from './methods/eth/block-number.ts'
import { call } from './methods/eth/call.ts'
import { chainId } from './methods/eth/chain-id.ts'
import { estimateGas } from './methods/eth/estimate-gas.ts'
import { feeHistory } from './methods/eth/fee-history.ts'
import { gasPrice } from './methods/eth/gas-price.ts'
import { getBalance } from './methods/eth/get-balance.ts'
import { getBlockByHash } from './methods/eth/get-block-by-hash.ts'
import { getBlockByNumber } from './methods/eth/get-block-by-number.ts'
import { getBlockReceipts } from './methods/eth/get-block-receipts.ts'
import { transactionCountAtHash } from './methods/eth/get-block-transaction-count-by-hash.ts'
import { transactionCountAtNumber } from './methods/eth/get-block-transaction-count-by-number.ts'
import { getCode } from './methods/eth/get-code.ts'
import { getLogs } from './methods/eth/get-logs.ts'
import { getProof } from './methods/eth/get-proof.ts'
import { getStorageAt } from './methods/eth/get-storage-at.ts'
import { transactionAtHash } from './methods/eth/get-transaction-by-block-hash-and-index.ts'
import { transactionAtNumber } from './methods/eth/get-transaction-by-block-number-and-index.ts'
import { getTransactionByHash } from './methods/eth/get-transaction-by-hash.ts'
import { getTransactionCount } from './methods/eth/get-transaction-count.ts'
import { getTransactionReceipt } from './methods/eth/get-transaction-receipt.ts'
import { getUncleCountByBlockHash } from './methods/eth/get-uncle-count-by-block-hash.ts'
import { getUncleCountByBlockNumber } from './methods/eth/get-uncle-count-by-block-number.ts'
import { maxPriorityFeePerGas } from './methods/eth/max-priority-fee-per-gas.ts'
import { protocolVersion } from './methods/eth/protocol-version.ts'
import { sendRawTransaction } from './methods/eth/send-raw-transaction.ts'
import { subscribe } from './methods/eth/subscribe.ts'
import { syncing } from './methods/eth/syncing.ts'
import { unsubscribe } from './methods/eth/unsubscribe.ts'
import { netListening } from './methods/net/listening.ts'
import { netPeerCount } from './methods/net/peer-count.ts'
import { netVersion } from './methods/net/version.ts'
import { getAccount as rollupGetAccount } from './methods/rollup/get-account.ts'
import { getAccountProof as rollupGetAccountProof } from './methods/rollup/get-account-proof.ts'
import { getBody as rollupGetBody } from './methods/rollup/get-body.ts'
import { getClaim as rollupGetClaim } from './methods/rollup/get-claim.ts'
import { getDispute as rollupGetDispute } from './methods/rollup/get-dispute.ts'
import { getExitProof as rollupGetExitProof } from './methods/rollup/get-exit-proof.ts'
import { getExits as rollupGetExits } from './methods/rollup/get-exits.ts'
import { getHead as rollupGetHead } from './methods/rollup/get-head.ts'
import { getLock as rollupGetLock } from './methods/rollup/get-lock.ts'
import { getOperation as rollupGetOperation } from './methods/rollup/get-operation.ts'
import { getOperationAt as rollupGetOperationAt } from './methods/rollup/get-operation-at.ts'
import { getParcelProof as rollupGetParcelProof } from './methods/rollup/get-parcel-proof.ts'
import { getTransfer as rollupGetTransfer } from './methods/rollup/get-transfer.ts'
import { indexOf as rollupIndexOf } from './methods/rollup/index-of.ts'
import { sendOperation as rollupSendOperation } from './methods/rollup/send-operation.ts'
import { sendTransfer as rollupSendTransfer } from './methods/rollup/send-transfer.ts'
import { rpcModules } from './methods/rpc/modules.ts'
import { clientVersion } from './methods/web3/client-version.ts'
import { sha3 } from './methods/web3/sha3.ts'

const ALL: readonly Method[] = [
  aitbcGetCheckpoint,
  aitbcGetFinality,
  aitbcGetGenesis,
  aitbcGetHeaders,
  aitbcGetInclusion,
  aitbcStatus,
  accounts,
  blockNumber,
  call,
  chainId,
  estimateGas,
  feeHistory,
  gasPrice,
  getBalance,
  getBlockByHash,
  getBlockByNumber,
  getBlockReceipts,
  transactionCountAtHash,
  transactionCountAtNumber,
  getCode,
  getLogs,
  getProof,
  getStorageAt,
  transactionAtHash,
  transactionAtNumber,
  getTransactionByHash,
  getTransactionCount,
  getTransactionReceipt,
  getUncleCountByBlockHash,
  getUncleCountByBlockNumber,
  maxPriorityFeePerGas,
  protocolVersion,
  sendRawTransaction,
  subscribe,
  syncing,
  unsubscribe,
  netListening,
  netPeerCount,
  netVersion,
  rollupGetAccount,
  rollupGetAccountProof,
  rollupGetBody,
  rollupGetClaim,
  rollupGetDispute,
  rollupGetExitProof,
  rollupGetExits,
  rollupGetHead,
  rollupGetLock,
  rollupGetOperation,
  rollupGetOperationAt,
  rollupGetParcelProof,
  rollupGetTransfer,
  rollupIndexOf,
  rollupSendOperation,
  rollupSendTransfer,
  rpcModules,
  clientVersion,
  sha3,
]

export const METHODS: ReadonlyMap<string, Method> = new Map(ALL.map((one) => [one.name, one]))
