// What can be wrong with a key file or a folder of them: a code for programs, the fault, and what
// to do about it.

export const KEY_ERROR_CODES = [
  'KEYS_MISSING',
  'KEYS_EXIST',
  'KEYS_EXPOSED',
  'KEYS_DAMAGED',
  'KEYS_IN_USE',
  'WRONG_PASSWORD',
  'SIGN_STATE_LOST',
] as const

export type KeyErrorCode = (typeof KEY_ERROR_CODES)[number]

export class KeyError extends Error {
  override readonly name = 'KeyError'
  readonly code: KeyErrorCode
  readonly hint: string
  constructor(code: KeyErrorCode, message: string, hint: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

export function damaged(what: string): KeyError {
  return new KeyError('KEYS_DAMAGED', what, 'restore the file from a backup')
}

export function wrongPassword(): KeyError {
  return new KeyError(
    'WRONG_PASSWORD',
    'the password does not open the key',
    'try again with the password that the keys were made with',
  )
}
