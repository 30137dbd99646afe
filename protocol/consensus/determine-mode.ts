// The published rule that picks a consensus mode, exactly as published, over integers: measurements
// are in basis points (1/10,000), so that every node decides the same. Alone it oscillates; the
// policy around it (protocol/epoch/mode-policy.ts) decides when the chain follows it.

export interface NetworkMetrics {
  /** Gas used of what the epoch had room for. */
  readonly utilization: number
  /** Authorities that were seen at work. */
  readonly authorityUptime: number
  /** Stake that signed the last checkpoint, of all bonded stake. */
  readonly stakeRatio: number
}

export type ConsensusMode = 'FAST' | 'BALANCED' | 'SECURE'

/** In basis points; every comparison with them is strict. */
export interface ModeThresholds {
  readonly loadLow: number
  readonly loadHigh: number
  readonly uptimeHigh: number
  readonly stakeHigh: number
}

export const PUBLISHED_THRESHOLDS: ModeThresholds = {
  loadLow: 3000,
  loadHigh: 7000,
  uptimeHigh: 9000,
  stakeHigh: 8000,
}

export function determineMode(
  metrics: NetworkMetrics,
  thresholds: ModeThresholds = PUBLISHED_THRESHOLDS,
): ConsensusMode {
  const { utilization, authorityUptime, stakeRatio } = metrics
  const { loadLow, loadHigh, uptimeHigh, stakeHigh } = thresholds
  if (utilization < loadLow && authorityUptime > uptimeHigh) return 'FAST'
  if (utilization > loadHigh || stakeRatio > stakeHigh) return 'SECURE'
  return 'BALANCED'
}
