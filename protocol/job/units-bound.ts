// The most units that a request can use, known before any work: it fixes the price cap.

import { utf8 } from '../../lib/bytes.ts'
import type { JobRequest } from './job-request.ts'

export type Unit = 'tokens' | 'inputs'

/** Tokens that a chat template may add around each text, generously: unused units are not paid. */
const TEMPLATE_TOKENS = 64

/**
 * An upper bound of the units that a provider may bill. Every tokenizer in use makes at most one
 * token of each byte of UTF-8, plus the few that mark beginnings and ends.
 */
export function unitsBound(request: JobRequest, unit: Unit): number {
  const input = request.input_data
  if (unit === 'inputs') return 'input' in input ? input.input.length : 1
  const texts =
    'prompt' in input
      ? [input.prompt]
      : 'input' in input
        ? input.input
        : input.messages.map((message) => message.content)
  const prompt = texts.reduce((sum, text) => sum + utf8(text).length + TEMPLATE_TOKENS, 0)
  return prompt + request.requirements.max_tokens
}
