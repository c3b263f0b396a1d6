import type { ProviderFlags } from '../config/flags.ts'
import { GatekitError, refusal, usageError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import { loadTemplate, renderMessage } from '../notify/templates.ts'
import { checkMessage } from '../outbox/accept.ts'
import type { Claim } from '../outbox/claim.ts'
import { flagsOf, type Mode, type OutboxMessage } from '../outbox/entry.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { PutResult } from '../outbox/put.ts'
import { isAllowed, isLoopback } from './notify-recipients.ts'
import { type ResendRequest, sendByResend, toResend } from './notify-resend.ts'
import { recordShadow } from './notify-shadow.ts'
import type { ShadowLog } from './shadow.ts'

export interface NotifySettings {
  outbox: Outbox
  /** Where the notify sandbox listens; needed in sandbox mode. */
  sandboxUrl?: string
  /** Sender of every message. */
  from?: string
  /** Needed in live mode, refused in any other. */
  live?: { apiKey: string; apiBase: string /** Addresses, or `*@domain`. */; allow: readonly string[] }
  /** With shadow calls on: the sandbox that gets a copy, and where the differences are kept. */
  shadow?: { url: string; log: ShadowLog }
  /** Milliseconds a provider may take to answer. */
  timeoutMs?: number
}

export type NotifyMessage = Pick<OutboxMessage, 'to' | 'template' | 'subject' | 'data' | 'cause'>

export interface NotifySent {
  /** Id of the outbox entry. */
  id: string
  /** Its file, for ever. */
  path: string
  mode: Mode
  sandbox: boolean
  mocked: boolean
  /** The key was used before for the same message: nothing was sent again. */
  replayed: boolean
  /** The provider's id; absent in mock mode. */
  providerId?: string
}

export interface NotifyProvider {
  mode: Mode
  /**
   * Renders, puts and, outside mock mode, sends one message; with a `key` at most once. Throws a GatekitError for a message that
   * cannot be sent: exit 2 refused, 3 the provider or the disk did not take it (send again with the same key), 6 not allowed.
   */
  send(message: NotifyMessage, options?: { key?: string }): Promise<NotifySent>
}

/** The key that a sandbox knows; it opens nothing anywhere else. */
const sandboxKey = 're_sandbox_gatekit'

/**
 * The notify adapter for NOTIFY_MODE: `mock` writes a file, `sandbox` also sends to the notify sandbox, `live` also to a provider.
 * Live without key, address and recipient list is refused here, with exit 6, and never mocked in silence.
 */
export function notifyProvider(
  flags: Pick<ProviderFlags, 'notifyMode' | 'shadowCalls'>,
  settings: NotifySettings,
): NotifyProvider {
  const mode = flags.notifyMode
  checkSettings(mode, settings)
  return {
    mode,
    async send(message, { key } = {}) {
      checkMessage(message)
      if (mode === 'live') checkRecipient(settings.live, message.to)
      const rendered = renderMessage(loadTemplate(message.template), message)
      const request = toResend({ from: settings.from ?? 'gatekit <notify@example.test>', message, rendered, key })
      const sends = mode !== 'mock'
      const put = await settings.outbox.put(
        {
          ...message,
          mode,
          rendered,
          request: sends ? request : null,
          provider: sends ? 'resend' : undefined,
          resendable: sends,
        },
        key === undefined ? {} : { key },
      )
      const providerId = put.entry.mode === 'mock' ? undefined : await deliver(settings, mode, put)
      if (flags.shadowCalls && settings.shadow && !put.replayed)
        await recordShadow(settings.shadow, request, rendered, put.id)
      const { id, path, replayed } = put
      return { id, path, mode: put.entry.mode, ...flagsOf(put.entry.mode), replayed, ...(providerId && { providerId }) }
    },
  }
}

function checkSettings(mode: Mode, { sandboxUrl, live }: NotifySettings): void {
  if (live?.apiKey && mode !== 'live')
    throw refusal(
      `a live notify key is configured but NOTIFY_MODE is ${mode}`,
      'remove the key, or set NOTIFY_MODE=live',
    )
  if (mode === 'live') checkLive(live)
  if (mode !== 'sandbox') return
  if (!sandboxUrl)
    throw usageError(
      'NOTIFY_MODE=sandbox needs the address of the notify sandbox',
      'run gatekit serve and set NOTIFY_API_BASE',
    )
  if (!isLoopback(sandboxUrl))
    throw refusal(
      `NOTIFY_MODE=sandbox does not send to ${hostOf(sandboxUrl)}`,
      'use the loopback address of gatekit serve',
    )
}

/** Live mode with nobody to send to is refused before anything is sent, and never mocked in silence. */
function checkLive(live: NotifySettings['live']): void {
  if (live?.apiKey && live.apiBase && live.allow.length > 0) return
  throw refusal(
    'NOTIFY_MODE=live without a provider',
    'configure the key, the address and the recipients that may be written to',
  )
}

function checkRecipient(live: NotifySettings['live'], to: string): void {
  if (isAllowed(to, live?.allow ?? [])) return
  throw refusal('the recipient is not on the list of those that may be written to', 'add it to the allow-list')
}

/** Sends what was put unless somebody did already; undefined while another process is at it. */
async function deliver(settings: NotifySettings, mode: Mode, { id, entry }: PutResult): Promise<string | undefined> {
  if (entry.mode !== mode) return entry.attempts.at(-1)?.providerId
  // A failed attempt is repeated when the caller asks again: under the same key the provider takes the message once.
  const claim = await settings.outbox.claim(id, { retry: true })
  if (!claim) return (await settings.outbox.get(id))?.attempts.at(-1)?.providerId
  return sendClaimed(settings, mode, claim)
}

async function sendClaimed(
  { outbox, sandboxUrl, live, timeoutMs = 10_000 }: NotifySettings,
  mode: Mode,
  claim: Claim,
): Promise<string> {
  const target =
    mode === 'live'
      ? { url: live?.apiBase ?? '', apiKey: live?.apiKey ?? '' }
      : { url: sandboxUrl ?? '', apiKey: sandboxKey }
  const answer = await sendByResend({
    ...target,
    timeoutMs,
    request: claim.entry.request as ResendRequest,
    key: claim.entry.key ?? claim.id,
  })
  await outbox.settle(claim, answer)
  if (answer.state === 'sent' && answer.providerId) return answer.providerId
  throw new GatekitError(
    {
      title: `the notify provider did not take the message: ${answer.error}`,
      remedy: 'send again with the same key: it goes out once',
    },
    exitCodes.undecided,
  )
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'an address that is no URL')
