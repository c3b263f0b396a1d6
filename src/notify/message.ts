/** Where a message is in its life; `failed` and `dropped` never left the provider, `bounced` was refused by the recipient's side. */
export const statuses = [
  'accepted',
  'queued',
  'sent',
  'delivered',
  'deferred',
  'bounced',
  'dropped',
  'complained',
  'failed',
  'opened',
  'clicked',
] as const
export type Status = (typeof statuses)[number]

export interface Step {
  status: Status
  /** Epoch milliseconds on the sandbox's clock. */
  at: number
}

/** What is kept of an attachment: enough to judge it, not its bytes. */
export interface Attachment {
  name: string
  type: string
  bytes: number
  sha256: string
  /** Without `cid:` and angle brackets. */
  contentId?: string
}

/** One message to one set of recipients, whatever provider's words it arrived in. */
export interface Message {
  id: string
  /** Name of the dialect. */
  provider: string
  channel: 'mail' | 'sms'
  /** Keeps parallel users apart. */
  namespace: string
  /** The idempotency key it came with. */
  key?: string
  from: string
  to: string[]
  cc: string[]
  bcc: string[]
  subject: string
  text?: string
  html?: string
  /** Names in lower case. */
  headers: Record<string, string>
  attachments: Attachment[]
  tags: Record<string, string>
  template?: string
  cause?: string
  receivedAt: number
  status: Status
  steps: Step[]
  /** What the provider's own answers need to be repeated; small. */
  extra: Record<string, unknown>
}

/** A message as a dialect reads it; the desk adds the rest. */
export type Draft = Omit<
  Message,
  'provider' | 'receivedAt' | 'status' | 'steps' | 'cc' | 'bcc' | 'headers' | 'attachments' | 'tags' | 'extra'
> &
  Partial<Pick<Message, 'cc' | 'bcc' | 'headers' | 'attachments' | 'tags' | 'extra'>> & {
    /** How it ends; `delivered` when absent. */
    outcome?: Outcome
  }

/** The ways a message can go. */
export type Outcome = 'delivered' | 'deferred' | 'bounced' | 'dropped' | 'complained' | 'failed'

const named = /<([^<>]*)>\s*$/

/** `Ada <ada@example.test>` -> `ada@example.test`; an address alone is itself. */
export const addressOf = (recipient: string): string => (named.exec(recipient)?.[1] ?? recipient).trim()
