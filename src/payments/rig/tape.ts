import type { History, Step } from '../history/define.ts'
import type { TimelineEntry } from '../history/timeline.ts'
import type { Observation } from '../observe/types.ts'
import type { Story } from './buyer.ts'
import type { Attempt, DeliverOptions } from './define.ts'

const mostEntries = 400

/** What one rig did, as a timeline for people and, where it can be said as data, as a history that can be played again. */
export class Tape {
  readonly timeline: TimelineEntry[] = []
  readonly #began = performance.now()
  readonly #subjects: History['subjects'] = {}
  readonly #steps: Step[] = []
  /** False once something was done that a history cannot say. */
  #isPlayable = true

  subject(story: Story): void {
    this.#subjects[story.name] = story.spec
  }

  step(step: Step, isPlayable = true): void {
    this.#steps.push(step)
    this.#isPlayable &&= isPlayable
  }

  add(entry: TimelineEntry): void {
    if (this.timeline.length < mostEntries)
      this.timeline.push({ ...entry, atMs: entry.atMs ?? Math.round(performance.now() - this.#began) })
  }

  attempt(text: string, attempt: Attempt): void {
    const status = attempt.status ?? attempt.trouble ?? 'reset'
    const last = this.timeline.at(-1)
    // Polling says the same again and again, and how often is no finding.
    if (text.startsWith('GET ') && last?.text === text && last.status === status) return
    this.add({
      kind: 'deliver',
      lane: 'provider',
      text,
      status: status === 'malformed' ? 'reset' : status,
      atMs: Math.max(0, Math.round(performance.now() - this.#began - attempt.tookMs)),
      tookMs: attempt.tookMs,
    })
  }

  state(story: Story, observation: Observation): void {
    const text = `${story.name}: ${stateText(observation)}`
    const last = this.timeline.at(-1)
    if (last?.kind === 'state' && last.text === text) return
    this.add({ kind: 'state', lane: 'effects', text })
  }

  /** The history as data; undefined where it did something that cannot be replayed so. */
  history(): History | undefined {
    if (!this.#isPlayable || this.#steps.length === 0) return undefined
    return { subjects: { ...this.#subjects }, steps: [...this.#steps] }
  }
}

/** `5 active grants, paid 4999 usd, 1 mail`. */
export function stateText({ active, total, payment, mails, trouble }: Observation): string {
  const parts = [
    active === undefined
      ? undefined
      : `${active} active${total !== undefined && total !== active ? ` of ${total}` : ''}`,
    payment && !payment.found ? 'payment unknown' : undefined,
    payment?.refunded ? `refunded ${payment.refunded}` : undefined,
    mails === undefined ? undefined : `${mails.length} mail${mails.length === 1 ? '' : 's'}`,
    ...trouble.map(({ observer }) => `${observer} unreadable`),
  ]
  return parts.filter((part) => part !== undefined).join(', ') || 'nothing observed'
}

/** `payment_intent.succeeded evt_p1_cap 4999 usd, signature: none`: no ids, so that it is the same in every run. */
export function deliveryText(story: Story, label: Parameters<Story['event']>[0], options: DeliverOptions = {}): string {
  const { copy = 1, signing = 'genuine', body, fault } = options
  const { type } = story.event(label, copy)
  const { amount, currency } = story.terms
  const extras = [
    signing === 'genuine' ? '' : `signed: ${signing}`,
    body && body !== 'compact' ? `written: ${body}` : '',
    options.raw === undefined ? '' : 'raw body',
    fault ? `while ${fault}` : '',
    options.path ? `to ${options.path}` : '',
    options.replica ? `to replica ${options.replica}` : '',
    options.base64 ? 'in base64' : '',
    options.method && options.method !== 'POST' ? options.method : '',
  ].filter((text) => text !== '')
  const name = `evt_${story.name}_${label}${copy > 1 ? `_${copy}` : ''}`
  return [`-> ${type}`, name, `${amount} ${currency}`, ...(extras.length > 0 ? [`(${extras.join(', ')})`] : [])].join(
    '  ',
  )
}
