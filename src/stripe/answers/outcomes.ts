import type { SchemaType } from '../catalogue/schema.ts'
import type { Json } from '../protocol/shape.ts'

/** The statuses that a verb can lead to, the likeliest first. */
const statuses: Record<string, readonly string[]> = {
  accept: ['accepted', 'active'],
  activate: ['active', 'enabled'],
  advance: ['ready', 'advancing'],
  approve: ['approved', 'active'],
  archive: ['archived', 'inactive'],
  cancel: ['canceled', 'cancelled'],
  cancel_action: ['online'],
  capture: ['succeeded', 'closed', 'captured'],
  close: ['closed', 'lost'],
  complete: ['completed', 'complete', 'succeeded'],
  confirm: ['succeeded', 'confirmed', 'open'],
  deactivate: ['inactive', 'deactivated', 'disabled'],
  decline: ['closed', 'declined'],
  deliver: ['delivered'],
  deliver_card: ['delivered'],
  disable: ['disabled', 'inactive'],
  disconnect: ['disconnected', 'inactive'],
  enable: ['enabled', 'active'],
  expire: ['expired', 'closed'],
  fail: ['failed', 'canceled', 'undeliverable'],
  fail_card: ['failure'],
  finalize: ['open', 'finalized'],
  finalize_amount: ['pending'],
  mark_uncollectible: ['uncollectible'],
  pause: ['paused'],
  pay: ['paid'],
  ping: [],
  post: ['posted'],
  quarantine: ['quarantined'],
  reactivate: ['active'],
  redact: [],
  reject: ['rejected'],
  release: ['released'],
  resume: ['active'],
  return: ['returned'],
  return_card: ['returned'],
  return_outbound_payment: ['returned'],
  return_inbound_transfer: ['succeeded'],
  return_outbound_transfer: ['returned'],
  reverse: ['reversed', 'closed'],
  send: ['open', 'sent'],
  ship: ['shipped'],
  ship_card: ['shipped'],
  submit: ['submitted', 'pending'],
  submit_card: ['submitted'],
  succeed: ['succeeded'],
  unarchive: ['active', 'unarchived'],
  void: ['void', 'voided'],
  void_grant: ['voided'],
}

const happenings: Record<string, string> = {
  void: 'voided',
  void_grant: 'voided',
  pay: 'paid',
  send: 'sent',
  post: 'posted',
}

const activeAfter: Record<string, boolean> = {
  activate: true,
  reactivate: true,
  unarchive: true,
  enable: true,
  archive: false,
  deactivate: false,
  disable: false,
}

export interface GenericOutcome {
  fields: Json
  /** Last word of the event's type, if Stripe has one. */
  happened: string
}

/** What a verb says about the object when nobody wrote its rules: a status it maps to, `active`, a time; else nothing changes. */
export function outcomeOf(type: SchemaType, verb: string, now: number): GenericOutcome {
  const fields: Json = {}
  const values = type.byName.get('status')?.code.values ?? type.byName.get('shipping_status')?.code.values ?? []
  const status = (statuses[verb] ?? []).find((candidate) => values.includes(candidate))
  if (status !== undefined) fields.status = status
  if (activeAfter[verb] !== undefined && type.byName.get('active')?.code.kind === 'boolean')
    fields.active = activeAfter[verb]
  const happened = status ?? happenings[verb] ?? 'updated'
  const time = type.byName.get(`${happened}_at`)
  if (time && (time.code.kind === 'timestamp' || time.code.kind === 'integer')) fields[`${happened}_at`] = now
  return { fields, happened }
}
