/** Where a secret was found in something about to be published. */
export interface SecretHit {
  /** Name it was registered under, or the kind that a pattern recognised. */
  name: string
  encoding: string
  offset: number
}

export interface Secrets {
  /** Remembers a value that must never be shown, in any encoding; values under 6 characters are ignored. */
  add(name: string, value: string): void
  /** Replaces every known form of every secret by `[redacted:NAME]`. */
  redact(text: string): string
  /** Finds what redaction would have had to replace; the last look before publishing. */
  sweep(content: string | Uint8Array): SecretHit[]
}
