// The published rule that picks a consensus mode, exactly as published, over integers: measurements
// are in basis points (1/10,000), so that every node decides the same. Alone it oscillates; the
// policy around it decides when the chain follows it.

export interface NetworkMetrics {
  /** Gas used of what the epoch had room for. */
  readonly utilization: number
  /** Authorities that were seen at work. */
  readonly authorityUptime: number
  /** Stake that signed the last checkpoint, of all bonded stake. */
  readonly stakeRatio: number
}

export type ConsensusMode = 'FAST' | 'BALANCED' | 'SECURE'

const LOAD_LOW = 3000
const LOAD_HIGH = 7000
const UPTIME_HIGH = 9000
const STAKE_HIGH = 8000

export function determineMode(metrics: NetworkMetrics): ConsensusMode {
  const { utilization, authorityUptime, stakeRatio } = metrics
  if (utilization < LOAD_LOW && authorityUptime > UPTIME_HIGH) return 'FAST'
  if (utilization > LOAD_HIGH || stakeRatio > STAKE_HIGH) return 'SECURE'
  return 'BALANCED'
}
