// An archive of a chain without blocks after its genesis, or with the blocks that a test gives.

import { ArchiveMessages, type StoredBlock } from '../../../actors/messages/archive.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { Infer } from '../../../lib/schema.ts'
import { actor } from '../../../runtime/actor.ts'

const GENESIS: Hex = `0x${'9e'.repeat(32)}`

type Stored = Infer<typeof StoredBlock>

export const archiveOf = (blocks: readonly Stored[]) =>
  actor({
    messages: ArchiveMessages,
    restart: 'permanent',
    mailbox: { capacity: 1000, overflow: 'reject' },
    setup: (_ctx, _props: null) => ({
      Committed: () => {},
      Head: (_, reply) =>
        reply({
          height: 0,
          hash: GENESIS,
          genesisHash: GENESIS,
          header: new Uint8Array(0),
          finalAtMs: 0,
          checkpointHeight: 0,
          epochEnd: 0,
          oldest: 0,
          modeReason: '',
        }),
      Manifest: (_, reply) => reply({ code: 'NONE', manifest: new Uint8Array(0) }),
      Chunk: (_, reply) => reply({ code: 'NONE', chunk: new Uint8Array(0) }),
      BlocksAfter: (_, reply) => reply([]),
      Block: ({ height }, reply) => reply(blocks.find((block) => block.height === height)),
      HeightOf: (_, reply) => reply(undefined),
      TransactionAt: (_, reply) => reply(undefined),
      Account: (_, reply) =>
        reply({ nonce: 0, balance: 0n, storageRoot: GENESIS, codeHash: GENESIS }),
      Storage: (_, reply) => reply(0n),
      Call: (_, reply) => reply({ ok: true, code: '', output: new Uint8Array(0), gasUsed: 0 }),
      Checkpoint: (_, reply) => reply(undefined),
      ValidatorSet: (_, reply) => reply(undefined),
      Logs: (_, reply) => reply({ code: '', logs: [] }),
    }),
  })

export const emptyArchive = archiveOf([])
