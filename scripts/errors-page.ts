// docs/ERRORS.md out of the code tables: one table for each edge.

import { CLI_ERRORS } from '../apps/cli/cli-error.ts'
import { API_ERRORS } from '../apps/coordinator/errors.ts'
import { RPC_ERRORS } from '../apps/gateway/errors.ts'
import { BATCH_REFUSALS } from '../protocol/errors/batch-refusals.ts'
import { BLOCK_REFUSALS } from '../protocol/errors/block-refusals.ts'
import { COSIGN_REFUSALS } from '../protocol/errors/cosign-refusals.ts'
import { EXECUTION_REFUSALS } from '../protocol/errors/execution-refusals.ts'
import { FRAUD_REFUSALS } from '../protocol/errors/fraud-refusals.ts'
import { JOB_REFUSALS } from '../protocol/errors/job-refusals.ts'
import { TRANSACTION_REFUSALS } from '../protocol/errors/transaction-refusals.ts'

const HEAD = `# Errors

Every code that a user can meet, from the tables in the code. Made by \`npm run docs\`; do not edit.
`

function section(title: string, note: string, head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |\n`
  const body = rows.map(line).join('')
  return `\n## ${title}\n\n${note}\n\n${line(head)}${line(head.map(() => '---'))}${body}`
}

function rowsOf(table: Readonly<Record<string, string>>): string[][] {
  return Object.entries(table).map(([code, meaning]) => [`\`${code}\``, meaning])
}

export function errorsPage(): string {
  const cli = Object.entries(CLI_ERRORS).map(([code, kind]) => [
    `\`${code}\``,
    kind.exit,
    kind.meaning,
  ])
  return [
    HEAD,
    section(
      'Command line',
      'Three lines on stderr: what, why, what to do. With `--json` also `{"error":{…}}` on stdout.',
      ['code', 'exit status', 'meaning'],
      cli,
    ),
    section(
      'JSON-RPC',
      'Numbers of JSON-RPC 2.0 and EIP-1474; `data.code` names the refusal where there is one.',
      ['code', 'meaning'],
      Object.values(RPC_ERRORS).map(({ code, meaning }) => [`\`${code}\``, meaning]),
    ),
    section(
      'REST',
      'In `{error: {code, message, status, details, hint}, timestamp, request_id}`.',
      ['code', 'status', 'hint'],
      Object.entries(API_ERRORS).map(([code, { status, hint }]) => [`\`${code}\``, status, hint]),
    ),
    section(
      'Jobs',
      'Why a job is refused or ended without a result: `details[].code` in REST, `error.code` of a job.',
      ['code', 'meaning'],
      rowsOf(JOB_REFUSALS),
    ),
    section(
      'Transactions',
      'Why a transaction is refused, in the words of geth: clients classify errors by their text.',
      ['code', 'message'],
      rowsOf(TRANSACTION_REFUSALS),
    ),
    section(
      'Blocks',
      'Why a validator refuses a block, or cannot build one: in its log.',
      ['code', 'meaning'],
      rowsOf(BLOCK_REFUSALS),
    ),
    section(
      'Batches',
      'Why the body of a rollup batch or its signatures are refused: in the log of a validator.',
      ['code', 'meaning'],
      rowsOf(BATCH_REFUSALS),
    ),
    section(
      'Co-signing',
      'Why the client of a rollup account does not sign what it is asked to, or takes no receipt.',
      ['code', 'meaning'],
      rowsOf(COSIGN_REFUSALS),
    ),
    section(
      'Execution of rollup batches',
      'Why a batch cannot be executed. One bad entry refuses the whole batch; the state stays.',
      ['code', 'meaning'],
      rowsOf(EXECUTION_REFUSALS),
    ),
    section(
      'Fraud proofs of the rollup',
      'Why a challenge of a claim does not hold.',
      ['code', 'meaning'],
      rowsOf(FRAUD_REFUSALS),
    ),
  ].join('')
}
