import { z } from 'zod'

/** A statement about things that are named by digest (https://in-toto.io/Statement/v1). */
export interface Statement<Predicate, Type extends string = string> {
  _type: 'https://in-toto.io/Statement/v1'
  subject: { name: string; digest: Record<string, string> }[]
  predicateType: Type
  predicate: Predicate
}

export const testResultType = 'https://in-toto.io/attestation/test-result/v0.1' as const
export const personalType = 'https://gatekit.dev/attestation/statement/v1' as const

export const statementOf = <Predicate, Type extends string>(
  subject: Statement<Predicate>['subject'],
  predicateType: Type,
  predicate: Predicate,
): Statement<Predicate, Type> => ({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate })

const subject = z.array(z.strictObject({ name: z.string(), digest: z.record(z.string(), z.string()) })).min(1)

export const personalStatementSchema = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject,
  predicateType: z.literal(personalType),
  predicate: z.strictObject({
    check: z.string(),
    statement: z.string(),
    signer: z.string(),
    signedAt: z.iso.datetime(),
    evidence: z.array(z.strictObject({ name: z.string(), sha256: z.string().optional() })),
  }),
})

export type PersonalStatement = z.output<typeof personalStatementSchema>

export const runStatementSchema = z.looseObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject,
  predicateType: z.literal(testResultType),
  predicate: z.looseObject({ result: z.enum(['PASSED', 'WARNED', 'FAILED']) }),
})
