import { z } from 'zod'
import type { Finding } from '../../kernel/record.ts'
import { patternSchema } from './matcher.ts'
import { clipped } from './shown.ts'

const texts = z.union([
  z
    .string()
    .min(1)
    .transform((one) => [one]),
  z.array(z.string().min(1)).min(1),
])

/** What a text must or must not hold; `contains` and `notContains` take one text or several. */
export const textRules = {
  contains: texts.optional().describe('Text that must be there; a list means all of it'),
  notContains: texts.optional().describe('Text that must not be there'),
  match: patternSchema.optional().describe('Regular expression that must be found somewhere'),
}

/** Rules for one text, at least one. */
export const textExpectation = z
  .strictObject(textRules)
  .refine((value) => Object.keys(value).length > 0, { error: 'expected contains, notContains or match' })

export interface TextExpectation {
  contains?: string[] | undefined
  notContains?: string[] | undefined
  match?: string | undefined
}

/** Compares a text; the finding shows the beginning of it, or what is around the text that must not be there. */
export function judgeText(subject: string, text: string, { contains, notContains, match }: TextExpectation): Finding[] {
  const findings: Finding[] = []
  const actual = text === '' ? 'an empty text' : clipped(text)
  for (const part of contains ?? []) {
    if (!text.includes(part)) findings.push({ subject, expected: `to contain ${clipped(part)}`, actual })
  }
  for (const part of notContains ?? []) {
    const at = text.indexOf(part)
    if (at === -1) continue
    const around = clipped(text.slice(Math.max(0, at - 40), at + part.length + 40))
    findings.push({ subject, expected: `not to contain ${clipped(part)}`, actual: around })
  }
  if (match !== undefined && !new RegExp(match, 'um').test(text)) {
    findings.push({ subject, expected: `to match ${match}`, actual })
  }
  return findings
}
