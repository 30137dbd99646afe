// Learns of final blocks as a client does: a header by subscription (the gateway shows final blocks
// only), then that block's transactions by hash. A transaction counts as final when that answer is
// here.

import type { JsonRpcSocket } from './json-rpc-socket.ts'

interface BlockAnswer {
  readonly transactions: readonly string[]
}

export class BlockWatch {
  readonly socket: JsonRpcSocket
  /** Hash to what wants to know. */
  private readonly awaited = new Map<string, () => void>()
  height = 0

  private constructor(socket: JsonRpcSocket) {
    this.socket = socket
  }

  static async start(socket: JsonRpcSocket): Promise<BlockWatch> {
    const watch = new BlockWatch(socket)
    watch.height = Number(await socket.call('eth_blockNumber'))
    socket.onNews = (header) => void watch.block(header as { number: string; hash: string })
    await socket.call('eth_subscribe', 'newHeads')
    return watch
  }

  /** Calls `known` once, when the client knows that the transaction is final. */
  await(hash: string, known: () => void): void {
    this.awaited.set(hash, known)
  }

  forget(hash: string): void {
    this.awaited.delete(hash)
  }

  private async block({ number, hash }: { number: string; hash: string }): Promise<void> {
    this.height = Math.max(this.height, Number(number))
    if (this.awaited.size === 0) return
    const block = await this.socket.call('eth_getBlockByHash', hash, false).catch(() => null)
    for (const transaction of (block as BlockAnswer | null)?.transactions ?? []) {
      const known = this.awaited.get(transaction)
      this.awaited.delete(transaction)
      known?.()
    }
  }
}
