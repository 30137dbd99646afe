// Why the rig cannot do what a manifest asks for, in the three lines that every error of ours has.

export class RigError extends Error {
  override readonly name = 'RigError'
  readonly why: string
  readonly hint: string

  constructor(what: string, why: string, hint: string) {
    super(what)
    this.why = why
    this.hint = hint
  }

  lines(): string {
    return `error: ${this.message}\nwhy:   ${this.why}\ndo:    ${this.hint}\n`
  }
}
