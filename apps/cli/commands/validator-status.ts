// aitbc validator status: what the chain knows of a validator: stake, sets, rewards, votes, jail.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { formatAitbc } from '../screen/money.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'
import { validatorCommand } from '../validator-command.ts'
import { type ValidatorDesk, type ValidatorOptions, validatorDesk } from '../validator-desk.ts'

const MEANING = {
  none: 'not registered: ./aitbc validator join',
  listed: 'bonded',
  below: 'registered, with less than the minimum bonded',
  jailed: 'in jail',
  tombstoned: 'OUT FOR EVER: its key signed twice. Make new keys; never use these again',
} as const

/** The sets of the running epoch and of the two after it, as far as they are known. */
async function setsOf(desk: ValidatorDesk, epoch: number) {
  const sets: { epoch: number; stake_wei: bigint; authority: boolean }[] = []
  for (const one of [epoch, epoch + 1]) {
    const { stake, authority } = await desk.weight(one)
    if (stake > 0n) sets.push({ epoch: one, stake_wei: stake, authority })
  }
  return sets
}

async function read(desk: ValidatorDesk) {
  // Votes are of the blocks up to here: none of an epoch that is not said to run yet.
  const { epoch, height } = await desk.status()
  const [validator, own, claims, votes] = await Promise.all([
    desk.validator(),
    desk.own(),
    desk.claims(),
    desk.votes(Number(height)),
  ])
  return {
    operator: desk.operator,
    bls_public_key: desk.blsPublicKey,
    vrf_public_key: desk.vrfPublicKey,
    status: validator.status,
    bonded_wei: validator.bonded,
    self_bonded_wei: own.bonded,
    rewards_wei: own.rewards + validator.commissionOwed,
    commission_bp: validator.commission,
    admitted: validator.admitted,
    jailed_until: validator.jailedUntil || null,
    epoch,
    sets: await setsOf(desk, epoch),
    last_voted_height: votes.lastHeight,
    voted: votes.voted,
    missed: votes.missed,
    unbonding: claims.map(({ worth, maturesAt }) => ({ worth_wei: worth, matures_at: maturesAt })),
  }
}

function linesOf(found: Awaited<ReturnType<typeof read>>): string[] {
  const day = (seconds: number) => new Date(seconds * 1000).toISOString()
  const sets = found.sets.map((set) => `${set.epoch} (${set.authority ? 'authority' : 'staker'})`)
  const votes = `${found.voted} of the last ${found.voted + found.missed} blocks`
  const last = found.last_voted_height === null ? '' : `, last ${found.last_voted_height}`
  return table([
    [' account', found.operator],
    [' consensus', found.bls_public_key],
    [' status', MEANING[found.status]],
    ...(found.jailed_until ? [[' jailed', `until ${day(found.jailed_until)}`]] : []),
    [' bonded', `${formatAitbc(found.bonded_wei)} AITBC`],
    [' own', `${formatAitbc(found.self_bonded_wei)} AITBC`],
    [' rewards', `${formatAitbc(found.rewards_wei)} AITBC: ./aitbc validator claim`],
    [' epoch', String(found.epoch)],
    [' in sets', sets.join(', ') || 'none yet'],
    [' voted', votes + last],
    ...found.unbonding.map(({ worth_wei, matures_at }) => [
      ' unbonding',
      `${formatAitbc(worth_wei)} AITBC on ${day(matures_at)}: ./aitbc validator withdraw`,
    ]),
  ])
}

export function validatorStatusCommand(terminal: Terminal): Command {
  return validatorCommand('status', 'what the chain knows of a validator').action(
    async (options: ValidatorOptions) => {
      const desk = await validatorDesk(options, terminal)
      const found = await read(desk)
      const say = speaker(options, terminal)
      for (const line of linesOf(found)) say.line(line)
      say.document(found)
    },
  )
}
