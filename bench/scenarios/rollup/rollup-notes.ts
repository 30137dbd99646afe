// What a report says of how the transfers of the rollup were made, of whichever scenario.

import type { BenchOptions, OwnOption } from '../../harness/options.ts'

/** All that rollup-target.ts looks at. */
export const ROLLUP_USES: readonly OwnOption[] = [
  'absent',
  'sums',
  'senders',
  'clients',
  'mode',
  'window',
  'kill',
]

export function rollupNotes({
  absent,
  sums,
  senders,
  clients,
  mode,
  kill,
}: BenchOptions): string[] {
  return [
    senders === 'checked'
      ? 'one generator owns the keys of all senders; each has an ordinary signature and a co-signature of its own, and the sequencer checks every one'
      : clients > 0
        ? `${clients} separate clients, each with its keys, its connection and its own signatures; one in 50 answers late, one twice`
        : 'one generator owns the keys of all senders and signs for them with the sum of their secret keys',
    clients > 0
      ? `${absent} % of them never answer; their ordinary signatures travel`
      : `${absent} % of the senders absent, with ordinary signatures made beforehand; sums of keys ${sums}`,
    `blocks in ${mode} mode`,
    'finality counts from the intended time of each transfer, until its batch is full included',
    ...(kill
      ? [`kill -9 of ${kill === 'sequencer' ? 'the' : 'a'} ${kill} in the middle of each round`]
      : []),
    'all on this one machine: validators, sequencer, gateway and whoever sends',
  ]
}
