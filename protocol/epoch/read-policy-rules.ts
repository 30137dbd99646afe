// The mode policy's numbers as governance has them.

import type { Parameters } from '../governance/parameters.ts'
import { POLICY_RULES_DEFAULT, type PolicyRules } from './mode-policy.ts'

export function readPolicyRules(read: Parameters): PolicyRules {
  return {
    enter: POLICY_RULES_DEFAULT.enter,
    fastLeaveLoad: Number(read('mode_fast_leave_load_bp')),
    fastLeaveUptime: Number(read('mode_fast_leave_uptime_bp')),
    secureLeaveLoad: Number(read('mode_secure_leave_load_bp')),
    secureLeaveStake: Number(read('mode_secure_leave_stake_bp')),
    agreeEpochs: Number(read('mode_agreement_epochs')),
    dwellEpochs: Number(read('mode_dwell_epochs')),
  }
}
