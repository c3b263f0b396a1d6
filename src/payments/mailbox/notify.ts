import { randomBytes } from 'node:crypto'
import { fillJson } from '../contract/template.ts'
import type { PlainRequest, Rig } from '../rig/define.ts'

/** What a mail is about; what is absent gets an ordinary value. */
export interface Mail {
  email?: string
  template?: string
  subject?: string
  /** Laid over the body. */
  changes?: Record<string, unknown>
}

/** The contract's request that sends a mail, filled in. */
export function mailRequest(rig: Rig, { email, template, subject, changes }: Mail = {}): PlainRequest {
  const request = rig.contract.facts.notify?.request
  if (!request) throw new Error('the contract has no facts.notify.request')
  const buyer = rig.payment()
  const fillings = {
    user: buyer.user,
    email: email ?? buyer.email,
    template: template ?? 'generic',
    subject: subject ?? 'A test of the outbox',
  }
  const body = { ...(fillJson(request.body, fillings) as Record<string, unknown>), ...changes }
  return { method: request.method, path: request.path, headers: request.headers, body }
}

/** A word that no file and no mail had before. */
export const freshWord = (): string => `gk${randomBytes(9).toString('hex')}`
