// What a person needs once the cluster runs: addresses, accounts with the warning, what to try.

import { formatAitbc } from './money.ts'

export interface ReadyFacts {
  readonly endpoints: { readonly rpc: string; readonly ws: string; readonly api: string }
  readonly accounts: readonly {
    readonly name: string
    readonly address: string
    readonly privateKey: string
  }[]
  /** Wei of each account in the genesis. */
  readonly balanceWei: bigint | undefined
  /** The phrase behind the accounts; undefined when the keys are private. */
  readonly mnemonic: string | undefined
  /** As given to ./aitbc, when it is not the default folder. */
  readonly dataOption: string
  readonly logs: string
}

const ACCOUNTS_SHOWN = 3

function short(hex: string): string {
  return `${hex.slice(0, 10)}…${hex.slice(-6)}`
}

export function readyScreen(facts: ReadyFacts): string[] {
  const { endpoints, accounts } = facts
  const data = facts.dataOption ? ` --data ${facts.dataOption}` : ''
  const each =
    facts.balanceWei === undefined ? '' : ` (${formatAitbc(facts.balanceWei)} AITBC each)`
  const shown = accounts.slice(0, ACCOUNTS_SHOWN)
  const more = accounts.length - shown.length
  const rest = endpoints.api ? `REST       ${endpoints.api}/api/v1    ` : ''
  const head = [
    '',
    `  JSON-RPC   ${endpoints.rpc}    WebSocket ${endpoints.ws}`,
    `  ${rest}Logs ${facts.logs}`,
    '',
  ]
  if (accounts.length === 0) return [...head, `  ./aitbc status${data}`, '']
  return [
    ...head,
    `Accounts${each}${' '.repeat(Math.max(1, 22 - each.length))}Private key (public: development only)`,
    ...shown.map(
      (account, i) =>
        ` ${i} ${account.name.padEnd(12)} ${account.address}  ${short(account.privateKey)}`,
    ),
    ...(more > 0 ? [` …${more} more: ./aitbc accounts${data}`] : []),
    ...(facts.mnemonic ? [` phrase: ${facts.mnemonic}`] : []),
    '',
    'Try next (copy a line, in another terminal):',
    `  ./aitbc run stories15m "Once upon a time, a small robot"${data}`,
    `  ./aitbc status${data}`,
    `  curl -s ${endpoints.rpc} -H 'content-type: application/json' \\`,
    `    -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}'`,
    '',
  ]
}
