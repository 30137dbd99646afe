// The input of a job: a prompt, a conversation, or a list of texts. Plain text is a prompt.

import { JOB_INPUTS_MAX, JOB_MESSAGES_MAX, JOB_TEXT_CHARS_MAX } from '../../config/limits.ts'
import type { JobInput, JobMessage } from './job-request.ts'
import { readObject, readText, refuse } from './read-fields.ts'

const FORMS = ['prompt', 'messages', 'input'] as const
const HINT = 'send text, {"prompt": "…"}, {"messages": [{"role", "content"}]} or {"input": ["…"]}'
const ROLES = ['system', 'user', 'assistant']

export function readInput(value: unknown): JobInput {
  if (typeof value === 'string') return { prompt: readPrompt(value, 'input_data') }
  if (Array.isArray(value)) return { input: readTexts(value, 'input_data') }
  const fields = readObject(
    value ?? refuse('input_data', 'input_data is missing', HINT),
    'input_data',
    FORMS,
  )
  const given = FORMS.filter((form) => fields[form] !== undefined)
  if (given.length !== 1) {
    refuse('input_data', 'input_data must have exactly one of prompt, messages, input', HINT)
  }
  if (given[0] === 'prompt') return { prompt: readPrompt(fields.prompt, 'input_data.prompt') }
  if (given[0] === 'messages') return { messages: readMessages(fields.messages) }
  if (typeof fields.input === 'string')
    return { input: [readPrompt(fields.input, 'input_data.input')] }
  return { input: readTexts(fields.input, 'input_data.input') }
}

function readPrompt(value: unknown, field: string): string {
  return readText(value, field, JOB_TEXT_CHARS_MAX, HINT)
}

function readTexts(value: unknown, field: string): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > JOB_INPUTS_MAX) {
    refuse(field, `${field} must be a list of 1 to ${JOB_INPUTS_MAX} texts`, HINT)
  }
  return value.map((text, i) => readPrompt(text, `${field}[${i}]`))
}

function readMessages(value: unknown): JobMessage[] {
  const field = 'input_data.messages'
  if (!Array.isArray(value) || value.length === 0 || value.length > JOB_MESSAGES_MAX) {
    refuse(field, `${field} must be a list of 1 to ${JOB_MESSAGES_MAX} messages`, HINT)
  }
  return value.map((message, i) => {
    const at = `${field}[${i}]`
    const fields = readObject(message, at, ['role', 'content'])
    if (!ROLES.includes(fields.role as string)) {
      refuse(`${at}.role`, `${at}.role must be one of ${ROLES.join(', ')}`, HINT)
    }
    return { role: fields.role as string, content: readPrompt(fields.content, `${at}.content`) }
  })
}
