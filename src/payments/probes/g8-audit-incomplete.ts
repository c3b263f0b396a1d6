import type { AuditRecord } from '../observe/types.ts'
import type { Rig } from '../rig/define.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

const fields = ['event', 'actor', 'id', 'at', 'after', 'hash'] as const

/** A record that does not say who, what and when explains nothing. */
export const g8 = defineProbe({
  id: 'G8',
  title: 'audit record incomplete',
  rule: 'The record of a capture and of a refund has every field that the contract names: who, what, when.',
  source: [{ text: 'PCI DSS 4.0, 10.2.2: user, type, date and time, origin, affected data' }],
  guard:
    'Only fields that the contract names, only records of effects; what they hold does not matter as long as it is something.',
  example: 'A refund record whose user_id is NULL.',
  company: 'shared',
  needs: ({ observe }) => {
    const { audit } = observe
    if (!audit) return 'observe.audit'
    return fields.some((field) => audit[field] !== undefined) ? undefined : 'observe.audit.actor'
  },
  async run(rig) {
    for (const provider of rig.providers) {
      const buyer = rig.payment({ provider })
      const seen = new Set<string>()
      for (const [event, effect] of [
        ['cap', 'capture'],
        ['full', 'refund'],
      ] as const) {
        await rig.deliver(buyer, event)
        const isNew = (record: AuditRecord): boolean =>
          !seen.has(JSON.stringify(record.raw)) && isOf(rig, record, effect)
        const { observation } = await rig.observer.settle(buyer, { want: ({ audit = [] }) => audit.some(isNew) })
        const records = (observation.audit ?? []).filter(isNew)
        const lacking = records.map((record) => emptyIn(rig, record)).sort((a, b) => a.length - b.length)[0]
        for (const { raw } of observation.audit ?? []) seen.add(JSON.stringify(raw))
        if (lacking === undefined || lacking.length === 0) continue
        return red(`the record of a ${provider} ${effect} has no ${lacking.join(', ')}`, {
          want: 'every field that the contract names',
          got: `${lacking.join(', ')} empty`,
          harm: 'the record does not say who did what and when',
        })
      }
    }
    return green('records of captures and refunds are complete')
  },
})

function isOf({ contract }: Rig, { event }: AuditRecord, effect: 'capture' | 'refund'): boolean {
  const name = contract.observe.audit?.effects?.[effect]
  return name === undefined || event === name
}

const emptyIn = ({ contract }: Rig, record: AuditRecord): string[] =>
  fields.filter((field) => contract.observe.audit?.[field] !== undefined && isEmpty(record[field]))

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''
