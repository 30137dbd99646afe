// Why a cluster cannot start, with a code that the command line turns into advice.

export type StartErrorCode = 'STATE_MISMATCH' | 'ALREADY_RUNNING' | 'PORT_TAKEN' | 'THREAD_FAILED'

export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code: StartErrorCode
  constructor(code: StartErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
