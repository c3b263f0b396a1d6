import { z } from 'zod'
import type { RenderedMail } from '../notify/templates.ts'
import { type ResendRequest, sendByResend } from './notify-resend.ts'
import type { ShadowLog } from './shadow.ts'

/** What is compared: what the message says and whom it reaches. */
interface Seen {
  to: string[]
  subject: string
  text: string
  html: string
}

const stored = z.object({
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string().nullish(),
  html: z.string().nullish(),
})

/** Sends a copy to the shadow sandbox and records what arrived there beside what was meant. Never throws, never decides. */
export async function recordShadow(
  { url, log }: { url: string; log: ShadowLog },
  request: ResendRequest,
  rendered: RenderedMail,
  key: string,
): Promise<void> {
  const baseline: Seen = { to: request.to, ...rendered }
  await log.record('notify.send', baseline, await askShadow(url, request, key))
}

async function askShadow(url: string, request: ResendRequest, key: string): Promise<Seen | { error: string }> {
  const apiKey = 're_shadow_gatekit'
  const timeoutMs = 5000
  const sent = await sendByResend({ url, apiKey, request, key, timeoutMs, namespace: 'shadow' })
  if (sent.state !== 'sent') return { error: sent.error ?? 'not taken' }
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/emails/${encodeURIComponent(sent.providerId ?? '')}`, {
      headers: { authorization: `Bearer ${apiKey}`, 'x-gatekit-namespace': 'shadow' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const { to, subject, text, html } = stored.parse(await response.json())
    return { to, subject, text: text ?? '', html: html ?? '' }
  } catch {
    return { error: 'it took the message but did not show it' }
  }
}
