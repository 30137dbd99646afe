// Learns of blocks as a client does: a header by subscription, then the hashes of that block's
// transactions. What a header leaves out is asked for by height, so no block is missed.

import { JsonRpcSocket } from '../../load/consensus/json-rpc-socket.ts'

const LOOK_MS = 500
/** Blocks asked for at a time, of chains that make one for every transaction. */
const AT_ONCE = 16

interface BlockAnswer {
  readonly number: string
  readonly transactions: readonly string[]
}

export class FinalWatch {
  readonly socket: JsonRpcSocket
  /** Of the last block whose transactions were seen. */
  height: number
  private newest: number
  private reading = false
  private readonly seen: (hashes: readonly string[]) => void

  private constructor(
    socket: JsonRpcSocket,
    height: number,
    seen: (hashes: readonly string[]) => void,
  ) {
    this.socket = socket
    this.height = height
    this.newest = height
    this.seen = seen
  }

  static async start(url: string, seen: (hashes: readonly string[]) => void) {
    const socket = await JsonRpcSocket.connect(url)
    const height = Number(await socket.call('eth_blockNumber'))
    const watch = new FinalWatch(socket, height, seen)
    socket.onNews = (header) => watch.news(Number((header as BlockAnswer).number))
    await socket.call('eth_subscribe', 'newHeads')
    setInterval(() => void watch.look(), LOOK_MS)
    return watch
  }

  private news(height: number): void {
    this.newest = Math.max(this.newest, height)
    if (!this.reading) void this.read()
  }

  /** A header may have been lost, or have come before its block could be read. */
  private async look(): Promise<void> {
    const height = await this.socket.call('eth_blockNumber').catch(() => 0)
    this.news(Number(height))
  }

  private async read(): Promise<void> {
    this.reading = true
    try {
      while (this.height < this.newest) {
        const count = Math.min(AT_ONCE, this.newest - this.height)
        const asked = Array.from({ length: count }, (_, i) => this.block(this.height + 1 + i))
        for (const block of await Promise.all(asked)) {
          if (!block) return
          this.height++
          this.seen(block.transactions)
        }
      }
    } catch {
      // The next look asks again; what never comes has expired.
    } finally {
      this.reading = false
    }
  }

  private async block(height: number): Promise<BlockAnswer | null> {
    const number = `0x${height.toString(16)}`
    return (await this.socket.call('eth_getBlockByNumber', number, false)) as BlockAnswer | null
  }
}
