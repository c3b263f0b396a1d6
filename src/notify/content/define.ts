import type { Message } from '../message.ts'

/** What is judged: a stored message, or one that was only rendered. */
export type Content = Pick<Message, 'channel' | 'subject' | 'text' | 'html'> &
  Partial<Pick<Message, 'headers' | 'attachments' | 'tags'>>

export interface ContentContext {
  /** `live`: real people get it. */
  mode: 'test' | 'live'
  /** Hosts that links may lead to; loopback is always fine in test mode. */
  allowedHosts: readonly string[]
  /** Sent to many at once, so that one-click unsubscribing is required. */
  bulk?: boolean
  /** What was really paid, in minor units; only known where the payment caused the message. */
  paid?: { amount: number; currency: string }
}

export interface ContentCheckDefinition {
  name: string
  summary: string
  /** A message that has the fault, with what it takes to see it; the contract test runs it. */
  example: { content: Content; context?: Partial<ContentContext> }
  /** One line per fault; nothing when all is well. Never goes to the network. */
  check(content: Content, context: ContentContext): string[]
}

/** Makes a content check; one file under src/notify/content/ exports one. */
export const defineContentCheck = (definition: ContentCheckDefinition): ContentCheckDefinition => definition
