// The keys of a genesis' rollup accounts: public knowledge, so that networks for development and
// measurement have accounts that anybody may use. docs/spec/rollup.md.

import { utf8 } from '../../lib/bytes.ts'

/** For `KeyBook` and `keyBookPublicKeys`. */
export const GENESIS_KEYS_SEED = utf8('AITBC-ROLLUP-GENESIS-KEYS')
