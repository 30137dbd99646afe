// The rollup's socket at /rollup: binary frames, docs/spec/rollup-socket.md. What a client sends
// wrong is answered and nothing more comes of it; who sends nothing else is closed.

import {
  LONG_POLL_HOLD_MS,
  ROLLUP_SOCKET_BACKLOG_BYTES_MAX,
  ROLLUP_SOCKET_FAULTS_MAX,
  ROLLUP_SOCKET_FRAMES_MAX,
  ROLLUP_SOCKET_IN_FLIGHT_BYTES_MAX,
  ROLLUP_SOCKETS_IN_FLIGHT_BYTES_MAX,
  RPC_RETRY_MS,
} from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import {
  CLIENT_FRAME_BYTES_MAX,
  type ClientFrame,
  decodeClientFrame,
  type OperateFrame,
  type SubmitFrame,
} from '../../../sdk/rollup/wire/client-frames.ts'
import { FrameError } from '../../../sdk/rollup/wire/frame-bytes.ts'
import type { OperatedFrame } from '../../../sdk/rollup/wire/operated-frame.ts'
import { encodeServerFrame, type ServerFrame } from '../../../sdk/rollup/wire/server-frames.ts'
import type {
  HttpSocket,
  SocketHandlers,
  WebSocketRoute,
} from '../../../transport/http/http-server.ts'
import { ChainUnavailable } from '../chain-access.ts'
import { GroupSession } from './group-session.ts'
import type { OperationDesk } from './operation-desk.ts'
import type { RollupAccess } from './rollup-access.ts'
import { claimFrame, eventFrame, headFrame, refusedFrame, verdictFrame } from './server-frame-of.ts'

/** "Message violates policy" (RFC 6455 7.4.1). */
const POLICY = 1008
/** "Service restart": connect again (RFC 6455, IANA registry). */
const RESTART = 1012

/** What all sockets share: bytes of submissions that no sequencer has answered yet. */
interface Shared {
  readonly rollup: RollupAccess
  readonly desk: OperationDesk
  readonly genesisHash: Hex
  readonly failed: (error: unknown) => void
  inFlightBytes: number
}

class RollupSocket implements SocketHandlers {
  private readonly socket: HttpSocket
  private readonly shared: Shared
  private readonly groups = new Map<number, GroupSession>()
  private open = true
  private faults = 0
  private inFlight = 0
  private inFlightBytes = 0
  /** As the client was told. */
  private readonly shards: number

  constructor(socket: HttpSocket, shared: Shared) {
    this.socket = socket
    this.shared = shared
    const { genesisHash, rollup } = shared
    this.shards = rollup.shards
    this.send({ kind: 'hello', genesisHash, shards: this.shards })
  }

  private send(frame: ServerFrame): void {
    // A slow reader is closed by the socket itself.
    if (this.open && !this.socket.send(encodeServerFrame(frame))) this.closed()
  }

  private refuse(shard: number, code: string, detail: string): void {
    this.send({ kind: 'error', shard, code, detail })
  }

  message(data: string | Uint8Array): void {
    if (!this.open) return
    let frame: ClientFrame
    try {
      if (typeof data === 'string') throw new FrameError('frames are binary')
      frame = decodeClientFrame(data)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.refuse(0, 'MALFORMED', error.message)
      if (++this.faults < ROLLUP_SOCKET_FAULTS_MAX) return
      this.socket.close(POLICY, 'too many frames that are none')
      this.closed()
      return
    }
    const { shard } = frame
    const { shards } = this.shared.rollup
    if (shards !== this.shards) {
      this.refuse(shard, 'RESHARDED', `there are ${shards} shards now: connect again`)
      this.socket.close(RESTART, 'the number of shards has changed')
      this.closed()
    } else if (shard >= shards) {
      this.refuse(shard, 'NO_SUCH_SHARD', `there are ${shards}`)
    } else if (frame.kind === 'submit') this.submit(frame)
    else if (frame.kind === 'operate') this.operate(frame)
    else if (frame.kind === 'cosign') {
      const { number, txRoot, signature, absent } = frame
      const group = this.groups.get(shard)
      if (group?.cosign(number, txRoot, signature, absent)) return
      this.refuse(shard, 'NO_SUCH_ROOT', `no root of batch ${number} waits for you`)
    } else this.read(frame)
  }

  /** Counts what is under way; false when that is too much. */
  private begin(bytes: number): boolean {
    if (this.inFlight >= ROLLUP_SOCKET_FRAMES_MAX) return false
    const own = this.inFlightBytes + bytes
    const all = this.shared.inFlightBytes + bytes
    if (this.inFlight > 0 && own > ROLLUP_SOCKET_IN_FLIGHT_BYTES_MAX) return false
    if (all > ROLLUP_SOCKETS_IN_FLIGHT_BYTES_MAX) return false
    this.inFlight++
    this.inFlightBytes = own
    this.shared.inFlightBytes = all
    return true
  }

  private end(bytes: number): void {
    this.inFlight--
    this.inFlightBytes -= bytes
    this.shared.inFlightBytes -= bytes
  }

  private groupOf(shard: number): GroupSession {
    let group = this.groups.get(shard)
    if (!group) {
      group = new GroupSession(this.shared.rollup, shard, {
        event: (event) => {
          const frame = eventFrame(shard, event)
          if (frame) this.send(frame)
        },
        lost: (submission) => this.send({ kind: 'lost', shard, submission }),
      })
      this.groups.set(shard, group)
    }
    return group
  }

  private submit({ shard, submission, body }: SubmitFrame): void {
    const bytes = body.length
    if (!this.begin(bytes)) {
      this.send(refusedFrame(shard, submission, 'BUSY', RPC_RETRY_MS))
      return
    }
    const answered = this.groupOf(shard)
      .submit(submission, body)
      .then(
        (reply) => this.send(verdictFrame(shard, submission, reply)),
        (error) => {
          if (!(error instanceof ChainUnavailable)) throw error
          this.send(refusedFrame(shard, submission, 'UNAVAILABLE', RPC_RETRY_MS))
        },
      )
    this.settle(answered, bytes)
  }

  private operate({ shard, submission, operations }: OperateFrame): void {
    const operated = (code: string, retryAfterMs: number, results: OperatedFrame['results'] = []) =>
      this.send({ kind: 'operated', shard, submission, code, retryAfterMs, results })
    const bytes = operations.length
    if (!this.begin(bytes)) {
      operated('BUSY', RPC_RETRY_MS)
      return
    }
    const answered = this.shared.desk.operate(shard, operations, LONG_POLL_HOLD_MS).then(
      ({ code, retryAfterMs, results }) => operated(code, retryAfterMs, results),
      (error) => {
        if (!(error instanceof ChainUnavailable)) throw error
        operated('UNAVAILABLE', RPC_RETRY_MS)
      },
    )
    this.settle(answered, bytes)
  }

  private read(frame: Extract<ClientFrame, { kind: 'ask-head' | 'ask-claim' }>): void {
    const { shard } = frame
    if (!this.begin(0)) {
      this.refuse(shard, 'BUSY', 'too many questions without waiting for answers')
      return
    }
    const answered = this.answer(frame).then(
      (reply) => this.send(reply),
      (error) => {
        if (!(error instanceof ChainUnavailable)) throw error
        this.refuse(shard, 'UNAVAILABLE', 'no node of the chain answers')
      },
    )
    this.settle(answered, 0)
  }

  private async answer(
    frame: Extract<ClientFrame, { kind: 'ask-head' | 'ask-claim' }>,
  ): Promise<ServerFrame> {
    const { rollup } = this.shared
    const { shard } = frame
    if (frame.kind === 'ask-claim') {
      return claimFrame(shard, frame.number, await rollup.claimAt(shard, frame.number))
    }
    const [head, status] = await Promise.all([rollup.head(shard), rollup.status(shard)])
    return headFrame(head, status)
  }

  private settle(answered: Promise<void>, bytes: number): void {
    answered
      .catch((error) => {
        this.shared.failed(error)
        this.refuse(0, 'INTERNAL', 'a fault in the gateway; it was logged')
      })
      .finally(() => this.end(bytes))
  }

  closed(): void {
    this.open = false
    for (const group of this.groups.values()) group.close()
    this.groups.clear()
  }
}

/** `failed` takes faults of ours. */
export function rollupSocketRoute(
  rollup: RollupAccess,
  desk: OperationDesk,
  genesisHash: Hex,
  failed: (error: unknown) => void,
): WebSocketRoute {
  const shared: Shared = { rollup, desk, genesisHash, failed, inFlightBytes: 0 }
  return {
    path: '/rollup',
    messageBytesMax: CLIENT_FRAME_BYTES_MAX,
    backlogBytesMax: ROLLUP_SOCKET_BACKLOG_BYTES_MAX,
    open: (socket) => new RollupSocket(socket, shared),
  }
}
