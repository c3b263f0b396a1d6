/** One line of `gatekit doctor`. */
export interface Finding {
  name: string
  /** What it is good for. */
  use: string
  found: string | undefined
  /** Without it nothing works. */
  required: boolean
  /** How to get it. */
  remedy: string
}
